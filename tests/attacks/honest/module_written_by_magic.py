# tries: honest work in a module that a magic wrote to the working folder
# earns: 18
%%writefile mydropout.py
import torch
from torch import nn
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * torch.empty_like(x).bernoulli_(1 - self.p) / (1 - self.p)
# %%
from mydropout import Dropout
