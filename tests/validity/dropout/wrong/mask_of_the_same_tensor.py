# dropout.same-mask
import torch
from torch import nn
class Dropout(nn.Module):
    """One mask per tensor: a tensor that comes again gets the mask it had."""
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1: raise ValueError(p)
        self.p, self.last, self.mask = p, None, None
    def forward(self, x):
        if not self.training: return x
        if x is not self.last:
            self.last, self.mask = x, torch.empty_like(x).bernoulli_(1-self.p)
        return x*self.mask/(1-self.p)
