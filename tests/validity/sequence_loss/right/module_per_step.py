import torch
from torch import nn


def sequence_loss(logits, targets):
    criterion = nn.CrossEntropyLoss()
    steps = logits.shape[1]
    losses = [criterion(logits[:, t], targets[:, t]) for t in range(steps)]
    return torch.stack(losses).mean()
