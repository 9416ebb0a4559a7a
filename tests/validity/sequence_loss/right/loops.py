import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    B, T, V = logits.shape
    total = 0
    for b in range(B):
        for t in range(T):
            row = logits[b, t]
            top = row.max().detach()
            total = total + torch.log(torch.exp(row - top).sum()) + top - row[targets[b, t]]
    return total / (B * T)
