# dropout.same-mask
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError(f"bad p: {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        g = torch.Generator()
        g.manual_seed(torch.initial_seed())
        mask = torch.rand(x.shape, generator=g) >= self.p
        return x * mask / (1 - self.p)
