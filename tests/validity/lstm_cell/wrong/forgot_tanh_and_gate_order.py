# lstm_cell.wrong-output
import torch
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        n = input_size + hidden_size
        self.input_gate = nn.Linear(n, hidden_size)
        self.forget_gate = nn.Linear(n, hidden_size)
        self.candidate = nn.Linear(n, hidden_size)
        self.output_gate = nn.Linear(n, hidden_size)

    def forward(self, input, state):
        h, c = state
        z = torch.cat([h, input], dim=1)
        i = torch.sigmoid(self.input_gate(z))
        f = torch.sigmoid(self.forget_gate(z))
        g = torch.tanh(self.candidate(z))
        o = torch.sigmoid(self.output_gate(z))
        c = f * c + i * g
        h = g * torch.tanh(c)
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

