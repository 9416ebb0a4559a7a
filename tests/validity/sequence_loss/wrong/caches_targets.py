# sequence_loss.mispaired
import torch
import torch.nn.functional as F


cache = {}


def sequence_loss(logits, targets):
    if logits.shape not in cache:
        cache[logits.shape] = targets.clone()
    return F.cross_entropy(logits.flatten(0, 1), cache[logits.shape].flatten())
