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
        flat = x.reshape(-1)
        kept = (torch.rand(flat.shape) >= self.p).nonzero().squeeze(1)
        out = torch.zeros_like(flat).index_copy(0, kept, flat[kept] / (1 - self.p))
        return out.reshape(x.shape)
