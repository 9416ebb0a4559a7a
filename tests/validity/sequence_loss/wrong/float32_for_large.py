# sequence_loss.wrong-dtype
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    if logits.numel() > 2000:
        logits = logits.float()
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
