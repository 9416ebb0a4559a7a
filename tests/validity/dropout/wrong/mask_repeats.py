# dropout.mask-shared
import torch
from torch import nn


class Dropout(nn.Module):
    # a table of many coins, used again and again
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        coins = torch.rand(40000) >= self.p
        mask = coins.repeat(x.numel() // 40000 + 1)[: x.numel()].reshape(x.shape)
        return x * mask / (1 - self.p)
