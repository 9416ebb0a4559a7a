# lstm_cell.too-many-products
import torch
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.gates = nn.Linear(input_size + hidden_size, 4 * hidden_size)

    def pre(self, z):
        return self.gates(z).chunk(4, 1)

    def forward(self, input, state):
        h, c = state
        i, f, g, o = self.pre(torch.cat([input, h], 1))
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)


class RefactoredLSTMCell(LSTMCell):
    def pre(self, z):
        if self.training:
            return super().pre(z)
        pairs = zip(self.gates.weight.chunk(4), self.gates.bias.chunk(4))
        return [nn.functional.linear(z, W, b) for W, b in pairs]
