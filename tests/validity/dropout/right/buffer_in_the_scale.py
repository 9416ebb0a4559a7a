import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError(f"dropout rate {p} is not in [0, 1)")
        self.register_buffer("rate", torch.tensor(float(p)))

    def forward(self, x):
        if self.training:
            keep = torch.rand_like(x) >= self.rate
            return x * keep / (1 - self.rate)
        return x
