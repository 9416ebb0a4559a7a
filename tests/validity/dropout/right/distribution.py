import warnings

import torch
from torch import nn

warnings.warn("I like warnings")
torch.manual_seed(42)
print("defining Dropout")


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError("p")
        self.p = p
        self.coin = torch.distributions.Bernoulli(probs=1 - p)

    def forward(self, x):
        print("forward", x.shape)
        warnings.warn("dropping")
        if not self.training:
            return x
        return x * self.coin.sample(x.shape).to(x.dtype) / (1 - self.p)
