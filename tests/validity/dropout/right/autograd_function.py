import torch
from torch import nn


class DropFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, p):
        mask = (torch.rand(x.shape) >= p).to(x.dtype) / (1 - p)
        ctx.save_for_backward(mask)
        return x * mask

    @staticmethod
    def backward(ctx, grad):
        (mask,) = ctx.saved_tensors
        return grad * mask, None


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError("0 <= p < 1")
        self.p = p

    def forward(self, x):
        return DropFunction.apply(x, self.p) if self.training else x
