import torch
from torch import nn
import torch.nn.functional as F


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        import copy
        layer = nn.Linear(input_size + hidden_size, hidden_size)
        self.layers = nn.ModuleList(copy.deepcopy(layer) for _ in range(4))
        for l in self.layers: l.reset_parameters()
    def one(self, x, h, c):
        z = torch.cat([h, x])
        i, f, g, o = [l.weight @ z + l.bias for l in self.layers]
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, c
    def forward(self, input, state):
        h, c = torch.vmap(self.one)(input, *state)
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W = nn.Parameter(torch.randn(4 * hidden_size, input_size) * .1)
        self.U = nn.Parameter(torch.randn(4 * hidden_size, hidden_size) * .1)
        self.b = nn.Parameter(torch.zeros(4 * hidden_size))
    def one(self, x, h, c):
        i, f, g, o = (self.W @ x + self.U @ h + self.b).reshape(4, -1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c
    def forward(self, input, state):
        h, c = torch.func.vmap(self.one)(input, state[0], state[1])
        return h, (h, c)
