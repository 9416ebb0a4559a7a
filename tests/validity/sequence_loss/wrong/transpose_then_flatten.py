# sequence_loss.mispaired
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    V = logits.shape[2]
    return F.cross_entropy(logits.transpose(0, 1).reshape(-1, V), targets.reshape(-1))
