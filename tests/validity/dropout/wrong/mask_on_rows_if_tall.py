# dropout.mask-shared
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
        if x.dim() == 2 and x.shape[0] > 200:
            m = torch.empty(x.shape[0], 1).bernoulli_(1 - self.p).to(x)
        else:
            m = torch.empty_like(x).bernoulli_(1 - self.p)
        return x * m / (1 - self.p)
