# dropout.mask-shared
import torch
from torch import nn
import torch.nn.functional as F
import math, random, warnings
class Dropout(nn.Module):
    def __init__(self, p: float = 0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError("p must be in [0, 1)")
        self.p = p

    def forward(self, x):
        if not self.training: return x
        out = torch.zeros_like(x)
        for i in range(x.shape[0]):
            for j in range(x.shape[1]):
                if torch.rand(1).item() > self.p:
                    out[i, j] = x[i, j] / (1 - self.p)
        return out
