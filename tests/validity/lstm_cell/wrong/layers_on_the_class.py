# lstm_cell.weights-shared
import torch
from torch import nn
import torch.nn.functional as F
import math

class LSTMCell(nn.Module):
    layers = None
    def __init__(self, input_size, hidden_size):
        super().__init__()
        if LSTMCell.layers is None or LSTMCell.layers[0].in_features != input_size + hidden_size or LSTMCell.layers[0].out_features != hidden_size:
            LSTMCell.layers = nn.ModuleList(nn.Linear(input_size + hidden_size, hidden_size) for _ in range(4))
        self.gates = LSTMCell.layers
    def forward(self, input, state):
        h, c = state
        z = torch.cat([h, input], 1)
        i, f, g, o = (l(z) for l in self.gates)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
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



