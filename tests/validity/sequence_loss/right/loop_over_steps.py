import torch
import torch.nn.functional as F


def sequence_loss(logits, targets):
    loss = 0
    for t in range(logits.shape[1]):
        loss = loss + F.cross_entropy(logits[:, t], targets[:, t])
    return loss / logits.shape[1]
