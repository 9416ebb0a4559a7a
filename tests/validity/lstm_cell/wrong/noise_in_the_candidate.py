# lstm_cell.not-repeatable
import torch
from torch import nn
import torch.nn.functional as F


def gate(layer, h, x):
    return torch.sigmoid(layer(torch.cat([h, x], dim=1)))


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        n = input_size + hidden_size
        self.wi = nn.Linear(n, hidden_size)
        self.wf = nn.Linear(n, hidden_size)
        self.wg = nn.Linear(n, hidden_size)
        self.wo = nn.Linear(n, hidden_size)

    def forward(self, input, state):
        h, c = state
        z = torch.cat([h, input], dim=1)
        i = torch.sigmoid(self.wi(z))
        f = torch.sigmoid(self.wf(z))
        g = torch.tanh(self.wg(z) + 0.01 * torch.randn_like(h))
        o = torch.sigmoid(self.wo(z))
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.ih = nn.Linear(input_size, 4 * hidden_size)
        self.hh = nn.Linear(hidden_size, 4 * hidden_size)

    def forward(self, input, state):
        h, c = state
        z = self.ih(input) + self.hh(h)
        i, f, g, o = z.chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)
