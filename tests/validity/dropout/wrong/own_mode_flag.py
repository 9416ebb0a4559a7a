# dropout.drops-in-eval
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5, is_training=True):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p
        self.is_training = is_training

    def forward(self, x):
        if not self.is_training:
            return x
        mask = torch.rand(x.shape) >= self.p
        return x * mask / (1 - self.p)
