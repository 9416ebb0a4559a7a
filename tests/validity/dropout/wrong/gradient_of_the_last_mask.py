# dropout.wrong-gradient
import torch
from torch import nn


class Drop(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, p):
        Drop.mask = torch.empty_like(x).bernoulli_(1 - p) / (1 - p)
        return x * Drop.mask

    @staticmethod
    def backward(ctx, grad):
        return grad * Drop.mask.to(grad), None



class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p

    def forward(self, x):
        return Drop.apply(x, self.p) if self.training else x
