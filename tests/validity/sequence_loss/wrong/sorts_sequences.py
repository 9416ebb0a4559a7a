# sequence_loss.mispaired
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    order = targets.sum(1).argsort()
    return F.cross_entropy(logits[order].flatten(0, 1), targets.flatten())
