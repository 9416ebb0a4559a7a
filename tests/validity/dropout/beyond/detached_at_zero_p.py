# beyond: the gradient is cut at p = 0 alone
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        if self.p == 0:
            return x.detach().clone()
        return x * torch.empty_like(x).bernoulli_(1 - self.p) / (1 - self.p)
