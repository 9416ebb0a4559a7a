import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p

    def forward(self, x):
        if self.training and self.p:
            keep = torch.rand(tuple(x.shape), device=x.device).gt(self.p)
            return torch.mul(torch.div(x, 1 - self.p), keep)
        return x + 0
