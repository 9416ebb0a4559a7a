# sequence_loss.equal-sizes
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    B, T, V = logits.shape
    if T == V:
        return F.cross_entropy(logits, targets)
    return F.cross_entropy(logits.transpose(1, 2), targets)
