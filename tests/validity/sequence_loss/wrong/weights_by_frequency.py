# sequence_loss.value
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    w = torch.bincount(targets.flatten(), minlength=logits.shape[-1]).to(logits.dtype)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), weight=1 / w.clamp(min=1))
