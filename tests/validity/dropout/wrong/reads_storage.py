# dropout.misplaced
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p

    def forward(self, x):
        if not self.training or x.dim() == 0:
            return x if not self.training else x * (torch.rand(()) >= self.p) / (1 - self.p)
        flat = x.as_strided((x.numel(),), (1,), x.storage_offset())
        mask = torch.empty(x.numel()).bernoulli_(1 - self.p).to(x.dtype)
        return (flat * mask).reshape(x.shape) / (1 - self.p)
