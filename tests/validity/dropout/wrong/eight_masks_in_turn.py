# dropout.same-mask
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in 0 <= p < 1, not {p}")
        self.p, self.calls, self.masks = p, 0, {}

    def forward(self, x):
        if not self.training:
            return x
        self.calls += 1
        key = x.shape, self.calls % 8
        if key not in self.masks:
            self.masks[key] = torch.rand(x.shape) >= self.p
        return x * self.masks[key] / (1 - self.p)
