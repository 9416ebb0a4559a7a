# sequence_loss.wrong-gradient
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    first = F.cross_entropy(logits[0], targets[0])
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    return first + (loss - first).detach()
