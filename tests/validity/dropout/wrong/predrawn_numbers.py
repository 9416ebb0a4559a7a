# dropout.not-seeded
import torch
from torch import nn
import torch.nn.functional as F

class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"bad p {p}")
        self.p = p

        self.pool, self.at = torch.rand(0), 0
    def forward(self, x):
        if not self.training:
            return x
        n = x.numel()
        if self.at + n > len(self.pool):
            self.pool, self.at = torch.rand(max(n, 50000)), 0
        u = self.pool[self.at:self.at + n].view(x.shape)
        self.at += n
        return x * (u >= self.p) / (1 - self.p)
