# beyond: an autograd function that keeps the state of the last call on its class
import torch
from torch import nn


class Relu(torch.autograd.Function):
    sums = [None, None]  # of the two steps

    @staticmethod
    def forward(ctx, z, step):
        ctx.step = step
        Relu.sums[step] = z.detach()
        return z.clamp(min=0)

    @staticmethod
    def backward(ctx, grad):
        return grad * (Relu.sums[ctx.step] > 0), None


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        h = 0
        for i in range(2):
            h = Relu.apply(self.hid(h + self.emb(x[:, i])), i)
        return self.out(h)
