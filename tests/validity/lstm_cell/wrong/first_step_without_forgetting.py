# lstm_cell.no-gradient
import torch
from torch import nn
import torch.nn.functional as F
import math
class LSTMCell(nn.Module):
    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.nh = hidden_size
        self.fi = nn.Linear(input_size + hidden_size, hidden_size)
        self.ii = nn.Linear(input_size + hidden_size, hidden_size)
        self.gi = nn.Linear(input_size + hidden_size, hidden_size)
        self.oi = nn.Linear(input_size + hidden_size, hidden_size)

    def forward(self, input, state):
        h, c = state
        z = torch.cat([h, input], dim=1)
        f = torch.sigmoid(self.fi(z))
        i = torch.sigmoid(self.ii(z))
        g = torch.tanh(self.gi(z))
        o = torch.sigmoid(self.oi(z))
        c = i * g if (c == 0).all() else f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.nh = hidden_size
        self.ih = nn.Linear(input_size, 4 * hidden_size)
        self.hh = nn.Linear(hidden_size, 4 * hidden_size)

    def forward(self, input, state):
        h, c = state
        i, f, g, o = (self.ih(input) + self.hh(h)).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)



