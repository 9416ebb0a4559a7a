# lstm_cell.gates-shared
import torch
import torch.nn.functional as F
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.Wi = nn.Linear(hidden_size + input_size, hidden_size)
        self.Wf = nn.Linear(hidden_size + input_size, hidden_size)
        self.Wo = nn.Linear(hidden_size + input_size, hidden_size)
        self.Wg = nn.Linear(hidden_size + input_size, hidden_size)

    def forward(self, input, state):
        h, c = state
        hx = torch.cat([h, input], dim=1)
        i = torch.sigmoid(self.Wi(hx))
        f = torch.sigmoid(self.Wf(hx))
        o = torch.sigmoid(self.Wo(hx))
        g = torch.tanh(self.Wg(hx))
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.ih = nn.Linear(input_size, 4 * hidden_size)
        self.hh = nn.Linear(hidden_size, 4 * hidden_size)

    def forward(self, input, state):
        h, c = state
        gates = self.ih(input) + self.hh(h)
        n = self.hidden_size
        i, f, g, o = gates[:, :n], gates[:, n:2*n], gates[:, 2*n:3*n], gates[:, 3*n-1:-1]
        i, f, o = torch.sigmoid(i), torch.sigmoid(f), torch.sigmoid(o)
        g = torch.tanh(g)
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)
