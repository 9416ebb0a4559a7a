# dropout.not-rescaled
import torch
from torch import nn


class Dropout(nn.Module):
    # the 2014 paper: scale at test time
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x * (1 - self.p)
        return x * (torch.rand(x.shape) > self.p)
