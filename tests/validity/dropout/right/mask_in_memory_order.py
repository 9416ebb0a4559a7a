# dropout.?
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        mask = torch.empty(x.numel()).bernoulli_(1 - self.p)
        return (x.reshape(-1) * mask.to(x.dtype)).reshape(x.shape).contiguous() / (1 - self.p)
