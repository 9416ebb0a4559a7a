# dropout.wrong-rate
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.percent = int(round(100 * p))

    def forward(self, x):
        if not self.training:
            return x
        mask = torch.randint(0, 100, x.shape) >= self.percent
        return x * mask * 100 / (100 - self.percent)
