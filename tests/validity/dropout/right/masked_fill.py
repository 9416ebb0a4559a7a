import torch
from torch import nn


class Dropout(nn.Module):
    """masked_fill, and a copy in evaluation"""

    def __init__(self, p=0.5):
        super().__init__()
        if p >= 1.0:
            raise ValueError("p too large")
        if p < 0.0:
            raise ValueError("p negative")
        self.p = p
        self.scale = 1.0 / (1.0 - p)

    def forward(self, x):
        if self.training:
            mask = torch.rand_like(x) < self.p
            return x.masked_fill(mask, 0.0) * self.scale
        return x.clone()
