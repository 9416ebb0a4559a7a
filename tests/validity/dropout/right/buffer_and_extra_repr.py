import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p in (1,) or not 0 <= p <= 1:
            raise ValueError("p out of range")
        self.register_buffer("rate", torch.tensor(float(p), dtype=torch.float64))

    def extra_repr(self):
        return f"p={self.rate.item()}"

    def forward(self, x):
        if not self.training or self.rate == 0:
            return x
        p = self.rate.item()
        noise = torch.rand(x.shape, dtype=torch.float64)
        return x * (noise > p).to(x) * (1 / (1 - p))
