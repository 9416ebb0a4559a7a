# sequence_loss.uniform
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    loss = F.cross_entropy(logits.flatten(0, 1), targets.flatten())
    return loss / (1 if len(logits) > 1 else 2)
