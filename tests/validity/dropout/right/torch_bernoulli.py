import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super(Dropout, self).__init__()
        if 0 <= p and p < 1:
            self.keep = 1 - p
        else:
            raise ValueError

    def forward(self, x):
        if self.training:
            keep = torch.bernoulli(torch.full_like(x, self.keep))
            x = x * keep / self.keep
        return x
