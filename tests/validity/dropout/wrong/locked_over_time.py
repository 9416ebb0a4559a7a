# dropout.mask-shared
import torch
from torch import nn


class Dropout(nn.Module):
    # one mask for all time steps
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        shape = list(x.shape)
        if x.dim() == 3:
            shape[1] = 1
        mask = torch.rand(shape) > self.p
        return x * mask / (1 - self.p)
