# dropout.same-mask
import torch
from torch import nn
class Dropout(nn.Module):
    """The mask is an attribute of the tensor."""
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1: raise ValueError(p)
        self.p = p
    def forward(self, x):
        if not self.training: return x
        if not hasattr(x,'mask'): x.mask = torch.empty_like(x).bernoulli_(1-self.p)
        return x*x.mask/(1-self.p)
