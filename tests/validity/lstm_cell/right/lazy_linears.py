import torch
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.f, self.i, self.g, self.o = (nn.LazyLinear(hidden_size) for _ in range(4))

    def forward(self, input, state):
        h, c = state
        z = torch.cat([h, input], dim=1)
        c = self.f(z).sigmoid() * c + self.i(z).sigmoid() * self.g(z).tanh()
        h = self.o(z).sigmoid() * c.tanh()
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.gates = nn.LazyLinear(4 * hidden_size)

    def forward(self, input, state):
        h, c = state
        f, i, g, o = self.gates(torch.cat([h, input], dim=1)).chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)
