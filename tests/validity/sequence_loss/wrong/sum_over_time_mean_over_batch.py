# sequence_loss.uniform
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    loss = F.cross_entropy(logits.transpose(1, 2), targets, reduction="none")
    return loss.sum(dim=1).mean()
