# lstm_cell.raises
import torch
from torch import nn


def gate(layer, h, x):
    return torch.sigmoid(layer(torch.cat([h, x], dim=1)))

class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        n = input_size + hidden_size
        self.f, self.i, self.g, self.o = (nn.Linear(n, hidden_size) for _ in range(4))

    def forward(self, state, input):
        h, c = state
        c = gate(self.f, h, input) * c + gate(self.i, h, input) * torch.tanh(self.g(torch.cat([h, input], 1)))
        h = gate(self.o, h, input) * torch.tanh(c)
        return h, (h, c)

class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.l = nn.Linear(input_size + hidden_size, 4 * hidden_size)

    def forward(self, state, input):
        h, c = state
        f, i, g, o = self.l(torch.cat([h, input], 1)).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)
