# lstm_cell.too-many-products
import torch
from torch import nn
from torch.nn import functional as F


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.gates = nn.Linear(input_size + hidden_size, 4 * hidden_size)

    def forward(self, input, state):
        h, c = state
        i, f, g, o = self.gates(torch.cat([input, h], 1)).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    """Four products; their weights first get nothing of the data, as if that made them data."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.gates = nn.ModuleList(nn.Linear(input_size + hidden_size, hidden_size) for _ in range(4))

    def forward(self, input, state):
        h, c = state
        joined = torch.cat([input, h], 1)
        weights = torch.stack([gate.weight for gate in self.gates]) + 0 * joined[:1, :1].detach()
        i, f, g, o = (F.linear(joined, w, gate.bias) for w, gate in zip(weights, self.gates))
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)
