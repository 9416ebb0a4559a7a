# dropout.raises
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        self.p = p
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.children_count = nn.Identity()

    def forward(self, x):
        if not self.training:
            return x
        return x * (torch.rand(x.shape) >= self.p) / (1 - self.p)
