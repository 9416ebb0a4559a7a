# dropout.drops-in-eval
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p
        self.active = True

    def eval(self):
        self.active = False
        return self

    def train(self, mode=True):
        # forgets that a parent calls train(False), not eval()
        self.active = True
        return self

    def forward(self, x):
        if not self.active:
            return x
        mask = torch.rand(x.shape) >= self.p
        return x * mask / (1 - self.p)
