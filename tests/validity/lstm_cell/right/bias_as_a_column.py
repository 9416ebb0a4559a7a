import torch
from torch import nn
import torch.nn.functional as F
import math
class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        n = input_size + hidden_size + 1
        self.i = nn.Linear(n, hidden_size, bias=False)
        self.f = nn.Linear(n, hidden_size, bias=False)
        self.o = nn.Linear(n, hidden_size, bias=False)
        self.g = nn.Linear(n, hidden_size, bias=False)
    def forward(self, input, state):
        h, c = state
        z = torch.cat([h, input, torch.ones_like(h[:, :1])], 1)
        i = torch.sigmoid(self.i(z))
        f = torch.sigmoid(self.f(z))
        o = torch.sigmoid(self.o(z))
        g = torch.tanh(self.g(z))
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)
class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.nh = hidden_size
        self.ih = nn.Linear(input_size, 4 * hidden_size)
        self.hh = nn.Linear(hidden_size, 4 * hidden_size)
    def forward(self, input, state):
        h, c = state
        z = self.ih(input) + self.hh(h)
        i, f, g, o = z.chunk(4, 1)
        i = torch.sigmoid(i)
        f = torch.sigmoid(f)
        o = torch.sigmoid(o)
        g = torch.tanh(g)
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)
