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
        noise = torch.empty(x.shape).uniform_()
        result = torch.zeros_like(x)
        keep = noise >= self.p
        result[keep] = x[keep] / (1 - self.p)
        return result
