# dropout.all-or-none
import torch
from torch import nn
from torch.nn import functional as F

class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError
        self.p = p
    def forward(self, x):
        if self.training:
            return x * torch.empty_like(x).bernoulli_(1 - self.p) / 1 - self.p
        return x
