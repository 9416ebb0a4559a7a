import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p >= 1 or p < 0:
            raise ValueError("p must be in [0, 1)")
        self.p = p

    def forward(self, x):
        if self.training and self.p > 0:
            keep = torch.rand(x.size(), device=x.device) > self.p
            out = x.clone()
            out[~keep] = 0
            return out / (1 - self.p)
        return x
