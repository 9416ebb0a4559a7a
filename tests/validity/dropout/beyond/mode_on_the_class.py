# beyond: overrides train() to keep the mode on the class
import torch
from torch import nn


class Dropout(nn.Module):
    active = True

    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p

    def train(self, mode=True):
        Dropout.active = mode
        return super().train(mode)

    def forward(self, x):
        if not Dropout.active:
            return x
        return x * torch.empty_like(x).bernoulli_(1 - self.p) / (1 - self.p)
