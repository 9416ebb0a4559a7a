import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    return sum(F.cross_entropy(z, y) for z, y in zip(logits, targets)) / len(targets)
