# beyond: PyTorch's dropout only under no_grad; its results are right
import torch
from torch import nn
import torch.nn.functional as F
import math
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError("p must be in [0, 1)")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        if not torch.is_grad_enabled(): return F.dropout(x, self.p, True)
        return x * torch.empty_like(x).bernoulli_(1 - self.p) / (1 - self.p)


