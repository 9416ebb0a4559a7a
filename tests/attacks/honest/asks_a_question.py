# tries: honest work that asks for a name, in the cell of the class itself
# earns: 18
import torch
from torch import nn

name = input("Your name? ")
print(f"Hello {name}!")


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must lie in 0 <= p < 1, got {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * (torch.rand_like(x) >= self.p) / (1 - self.p)
