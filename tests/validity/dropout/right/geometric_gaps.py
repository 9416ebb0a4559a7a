import torch
from torch import nn
import torch.nn.functional as F

class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"bad p {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        
        n = x.numel()
        mask = torch.ones(n, dtype=x.dtype)
        if self.p > 0:
            gaps = torch.empty(int(n * self.p + 12 * (n * self.p) ** 0.5) + 40, dtype=torch.float64).geometric_(self.p)
            at = gaps.cumsum(0).long() - 1
            mask[at[at < n]] = 0
        return x * mask.view(x.shape) / (1 - self.p)
