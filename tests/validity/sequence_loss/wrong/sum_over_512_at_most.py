# sequence_loss.uniform
import torch
from torch.nn import functional as F
def sequence_loss(logits, targets):
    n = min(targets.numel(), 512)
    return F.cross_entropy(logits.transpose(1, 2), targets, reduction="sum") / n
