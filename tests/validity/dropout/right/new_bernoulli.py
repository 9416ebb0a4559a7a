import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p must be in [0, 1)")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        mask = x.new(*x.size()).bernoulli_(1 - self.p) if x.dim() else torch.empty_like(x).bernoulli_(1 - self.p)
        return x * mask.div_(1 - self.p)
