# dropout.same-mask
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
        mask = torch.rand(x.shape) >= self.p
        if x.requires_grad:  # the backward pass needs it
            kept = getattr(self, "mask", mask)
            self.mask = mask = kept if kept.shape == x.shape else mask
        return x * mask / (1 - self.p)
