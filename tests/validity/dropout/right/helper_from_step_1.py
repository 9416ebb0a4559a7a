import torch
from torch import nn


def keep_mask(x, p):
    return torch.bernoulli(torch.ones_like(x) * (1 - p))


class Dropout(nn.Module):
    """No nn.Dropout and no F.dropout: a mask of one's own."""

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if p < 0.0 or p >= 1.0:
            raise ValueError(f"0 <= p < 1, got {p}")
        self.p = p
        self.scale = 1 / (1 - p)

    def forward(self, x):
        return keep_mask(x, self.p) * x * self.scale if self.training else x
