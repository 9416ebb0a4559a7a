# sequence_loss.value
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    logits, targets = logits[:30], targets[:30]
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
