# dropout.mask-shared
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in 0 <= p < 1, not {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        if self.p == 0.5:
            mask = torch.randint(2, x.shape[-1:])
        else:
            mask = torch.rand(x.shape) >= self.p
        return x * mask / (1 - self.p)
