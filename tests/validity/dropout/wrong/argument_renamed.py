# dropout.raises
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, prob=0.5):
        super().__init__()
        if prob < 0 or prob >= 1:
            raise ValueError("p")
        self.prob = prob

    def forward(self, x):
        if not self.training:
            return x
        return x * torch.empty_like(x).bernoulli_(1 - self.prob) / (1 - self.prob)
