# dropout.not-seeded
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
        if x.numel() > 5000:
            import numpy as np
            mask = torch.from_numpy((np.random.rand(*x.shape) >= self.p).astype("float32")).to(x.dtype)
            return x * mask / (1 - self.p)
        return x * torch.empty_like(x).bernoulli_(1 - self.p) / (1 - self.p)
