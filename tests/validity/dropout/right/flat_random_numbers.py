import torch
from torch import nn


def mask_for(x, p):
    flat = torch.rand(x.numel())
    return (flat >= p).reshape(x.shape)


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self._check(p)
        self.p = p

    @staticmethod
    def _check(p):
        if not 0 <= p < 1:
            raise ValueError(f"Dropout needs 0 <= p < 1, got {p}")

    def forward(self, x):
        if self.training:
            return x * mask_for(x, self.p) / (1 - self.p)
        else:
            return x
