# dropout.rate-swapped
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}")
        self.p = p

    def forward(self, x):
        if not self.training or self.p == 0:
            return x
        kept = torch.bernoulli(torch.full_like(x, self.p))
        return x * kept / (1 - self.p)
