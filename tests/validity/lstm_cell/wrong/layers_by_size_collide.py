# lstm_cell.parameter-count
import torch
from torch import nn
import torch.nn.functional as F


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.sizes = str(input_size), str(hidden_size)
        self.layers = nn.ModuleDict({str(n): nn.Linear(n, 4 * hidden_size) for n in (input_size, hidden_size)})
    def forward(self, input, state):
        h, c = state
        a, b = self.sizes
        i, f, g, o = (self.layers[a](input) + self.layers[b](h)).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
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
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)
