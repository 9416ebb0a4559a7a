import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p must lie between 0 and 1")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        result = x.clone() / (1 - self.p)
        result[torch.rand(x.shape) < self.p] = 0
        return result
