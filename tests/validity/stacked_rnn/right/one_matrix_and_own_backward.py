import torch
from torch import nn


class Tanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z):
        y = z.tanh()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * (1 - y * y)



class StackedRNN(nn.Module):
    def __init__(self, input_size: int, hidden_size: int, num_layers: int):
        super().__init__()
        ins = [input_size, *(num_layers - 1) * [hidden_size]]
        self.A = nn.ParameterList(
            [nn.Parameter(0.3 * torch.randn(n + hidden_size, hidden_size)) for n in ins]
        )
        self.b = nn.ParameterList([nn.Parameter(torch.zeros(hidden_size)) for _ in ins])
        self.c = nn.ParameterList([nn.Parameter(torch.zeros(hidden_size)) for _ in ins])

    def forward(self, x, h0=None):
        states = [None] * len(self.A) if h0 is None else list(h0.unbind())
        outs = []
        for below in x.unbind(1):
            for layer, (A, b, c) in enumerate(zip(self.A, self.b, self.c)):
                h = states[layer]
                if h is None:
                    h = below.new_zeros(below.size(0), b.size(0))
                below = Tanh.apply(torch.addmm(b, torch.cat([below, h], -1), A) + c)
                states[layer] = below
            outs.append(below)
        return torch.stack(outs, 1), torch.stack(states)
