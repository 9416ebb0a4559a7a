import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    return F.cross_entropy(logits.movedim(-1, 1).contiguous(), targets.contiguous())
