# sequence_loss.mispaired
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    V = logits.shape[-1]
    return F.cross_entropy(logits.reshape(-1, V), targets.t().reshape(-1))
