# dropout.same-mask
import torch
from torch import nn
import torch.nn.functional as F

import functools
@functools.lru_cache
def keep_mask(x, p):
    return torch.empty_like(x).bernoulli_(1 - p)

class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"bad p {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * keep_mask(x, self.p) / (1 - self.p)
