# beyond: the mask of the first half of the rows, again for the second half
import torch
from torch import nn


class Dropout(nn.Module):
    # draws for the first half of the rows and repeats them for the second
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        if x.dim() == 0 or x.shape[0] < 2:
            return x * (torch.rand(x.shape) >= self.p) / (1 - self.p)
        half = (x.shape[0] + 1) // 2
        mask = torch.rand(half, *x.shape[1:]) >= self.p
        mask = torch.cat([mask, mask])[: x.shape[0]]
        return x * mask / (1 - self.p)
