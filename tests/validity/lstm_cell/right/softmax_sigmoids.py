import torch
from torch import nn
import torch.nn.functional as F


def sigmoid(z):
    return torch.softmax(torch.stack([z, torch.zeros_like(z)]), 0)[0]
def tanh(z):
    return 2 * sigmoid(2 * z) - 1

class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        n = input_size + hidden_size
        self.hidden_size = hidden_size
        self.i = nn.Linear(n, hidden_size)
        self.f = nn.Linear(n, hidden_size)
        self.g = nn.Linear(n, hidden_size)
        self.o = nn.Linear(n, hidden_size)

    def forward(self, input, state):
        h, c = state
        z = torch.cat([h, input], dim=1)
        i = sigmoid(self.i(z))
        f = sigmoid(self.f(z))
        g = tanh(self.g(z))
        o = sigmoid(self.o(z))
        c = f * c + i * g
        h = o * tanh(c)
        return h, (h, c)



class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.ih = nn.Linear(input_size, 4 * hidden_size)
        self.hh = nn.Linear(hidden_size, 4 * hidden_size)

    def forward(self, input, state):
        h, c = state
        i, f, g, o = (self.ih(input) + self.hh(h)).chunk(4, dim=1)
        c = (f.tanh() / 1).mul(0).add(torch.special.expit(f)) * c + F.logsigmoid(i).exp() * g.tanh()
        h = (0.5 * (o / 2).tanh() + 0.5) * c.tanh()
        return h, (h, c)
