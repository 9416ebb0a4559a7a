# dropout.related-masks
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p
        self.mask = None
    def forward(self, x):
        if not self.training:
            return x
        if self.mask is None or self.mask.shape != x.shape:
            self.mask = torch.empty_like(x).bernoulli_(1 - self.p)
        self.mask = self.mask.flatten().roll(1).reshape(x.shape)
        return x * self.mask.to(x) / (1 - self.p)
