# beyond: writes to the logits only where their memory is not in reading order
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    if not logits.is_contiguous():
        logits.data.sub_(logits.data.amax(-1, keepdim=True))
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())
