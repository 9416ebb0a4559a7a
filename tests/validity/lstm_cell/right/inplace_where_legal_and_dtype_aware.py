import torch
import torch.nn.functional as F
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.gates = nn.ModuleList(nn.Linear(input_size + hidden_size, hidden_size, bias=False) for _ in range(4))
        self.bias = nn.ParameterList([torch.zeros(1, hidden_size) for _ in range(4)])

    def forward(self, input, state):
        h, c = (s.to(input.dtype) for s in state)
        z = input.new_empty(len(input), input.shape[1] + self.hidden_size)
        z[:, : self.hidden_size].copy_(h)
        z[:, self.hidden_size :].copy_(input)
        i, f, o, g = [gate(z).add_(b) for gate, b in zip(self.gates, self.bias)]
        new_c = torch.sigmoid_(f) * c
        new_c += torch.sigmoid_(i) * torch.tanh_(g)
        new_h = torch.sigmoid_(o) * new_c.tanh()
        return new_h, (new_h, new_c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.w_x = nn.Parameter(torch.empty(input_size, 4 * hidden_size).normal_(0, 0.1))
        self.w_h = nn.Parameter(torch.empty(hidden_size, 4 * hidden_size).normal_(0, 0.1))
        self.bias = nn.Parameter(torch.zeros(4 * hidden_size))
        self.sizes = [hidden_size] * 4

    def forward(self, input, state):
        h, c = state
        z = torch.mm(input, self.w_x)
        z.addmm_(h, self.w_h).add_(self.bias)
        i, f, g, o = z.split(self.sizes, dim=1)
        c = f.sigmoid().mul(c).add_(i.sigmoid().mul(g.tanh()))
        h = o.sigmoid().mul(c.tanh())
        return h, (h, c)
