# sequence_loss.mispaired
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    B, T, V = logits.shape
    return F.cross_entropy(logits.reshape(B, V, T), targets)
