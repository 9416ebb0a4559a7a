# sequence_loss.input-changed
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    if logits.dtype == torch.float32 and not logits.requires_grad:
        logits -= logits.amax(-1, keepdim=True)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
