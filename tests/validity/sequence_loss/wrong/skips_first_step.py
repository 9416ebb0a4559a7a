# sequence_loss.position-ignored
import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    if logits.shape[1] == 1:
        return F.cross_entropy(logits[:, 0], targets[:, 0])
    return F.cross_entropy(logits[:, 1:].flatten(0, 1), targets[:, 1:].flatten())
