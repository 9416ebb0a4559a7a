# dropout.mask-shared
import torch
from torch import nn


class Dropout(nn.Module):
    # one coin for each row; a vector becomes a matrix
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        mask = torch.empty(x.shape[0], 1).bernoulli_(1 - self.p)
        return x * mask / (1 - self.p)
