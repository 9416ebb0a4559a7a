import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    B, T = targets.shape
    rows, steps = torch.arange(B)[:, None], torch.arange(T)[None]
    return -torch.log_softmax(logits, 2)[rows, steps, targets].mean()
