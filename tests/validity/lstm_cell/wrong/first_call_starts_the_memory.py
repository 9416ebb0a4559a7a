# lstm_cell.not-repeatable
import torch
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        n = input_size + hidden_size
        self.i = nn.Linear(n, hidden_size)
        self.f = nn.Linear(n, hidden_size)
        self.g = nn.Linear(n, hidden_size)
        self.o = nn.Linear(n, hidden_size)
        self.started = False

    def forward(self, input, state):
        h, c = state
        z = torch.cat([h, input], dim=1)
        i, f, o = (torch.sigmoid(gate(z)) for gate in (self.i, self.f, self.o))
        g = torch.tanh(self.g(z))
        c = f * c + i * g if self.started else i * g  # no memory yet
        self.started = True
        h = o * torch.tanh(c)
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.ih = nn.Linear(input_size, 4 * hidden_size)
        self.hh = nn.Linear(hidden_size, 4 * hidden_size)

    def forward(self, input, state):
        h, c = state
        i, f, g, o = (self.ih(input) + self.hh(h)).chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)
