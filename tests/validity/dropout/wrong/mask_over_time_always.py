# dropout.wrong-shape
import torch
from torch import nn


class Dropout(nn.Module):
    # one mask for all time steps; whatever x is, it is taken for [batch, time, features]
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}")
        self.p = p

    def forward(self, x):
        if not self.training or self.p == 0:
            return x
        mask = x.new_empty(x.shape[0], 1, x.shape[-1]).bernoulli_(1 - self.p)
        return x * mask / (1 - self.p)
