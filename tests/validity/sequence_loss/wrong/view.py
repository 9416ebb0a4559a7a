# sequence_loss.raises
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    B, T, V = logits.shape
    return F.cross_entropy(logits.view(B * T, V), targets.view(-1))
