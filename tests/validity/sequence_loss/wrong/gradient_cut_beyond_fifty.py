# sequence_loss.wrong-gradient
import torch
from torch.nn import functional as F


def sequence_loss(logits, targets):
    logits = torch.where(logits.abs() > 50, logits.detach(), logits)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
