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
        scaled_mask = torch.bernoulli(torch.full(x.shape, 1 - self.p)) / (1 - self.p)
        return (x * scaled_mask).type_as(x)
