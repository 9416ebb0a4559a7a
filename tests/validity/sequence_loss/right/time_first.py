import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    return F.cross_entropy(logits.permute(1, 2, 0), targets.t())
