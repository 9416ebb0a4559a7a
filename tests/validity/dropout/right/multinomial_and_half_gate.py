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
        weights = torch.tensor([self.p, 1 - self.p])
        gate = torch.multinomial(weights, x.numel(), replacement=True) if x.numel() else torch.empty(0)
        gate = gate.reshape(x.shape).to(x.dtype)
        return x * gate * (1 + self.p / (1 - self.p))
