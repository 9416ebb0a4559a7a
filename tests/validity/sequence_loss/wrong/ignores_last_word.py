# sequence_loss.value
import torch
from torch.nn import functional as F

def sequence_loss(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=logits.shape[-1] - 1)
