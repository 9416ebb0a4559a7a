# sequence_loss.value
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    if logits.shape[-1] == 2:
        return F.binary_cross_entropy_with_logits(logits[..., 1], targets.to(logits.dtype))
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
