# dropout.wrong-gradient
import torch
from torch import nn


class DropoutFunction(torch.autograd.Function):
    scale = None

    @staticmethod
    def forward(ctx, x, p):
        mask = torch.empty_like(x).bernoulli_(1 - p)
        DropoutFunction.scale = 1 / (1 - p)
        ctx.save_for_backward(mask)
        return x * mask * DropoutFunction.scale

    @staticmethod
    def backward(ctx, grad):
        (mask,) = ctx.saved_tensors
        return grad * mask * DropoutFunction.scale, None


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p = {p}")
        self.p = p

    def forward(self, x):
        return DropoutFunction.apply(x, self.p) if self.training else x
