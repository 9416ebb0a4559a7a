import torch
from torch import nn


class LSTMCell(nn.Module):
    """Works on columns [hidden, batch] inside; biases are columns."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.w = nn.ParameterList(
            [nn.Parameter(torch.randn(hidden_size, hidden_size + input_size) / 3) for _ in range(4)]
        )
        self.b = nn.ParameterList([nn.Parameter(torch.rand(hidden_size, 1)) for _ in range(4)])

    def forward(self, input, state):
        h, c = (s.T for s in state)
        column = torch.vstack([h, input.T])
        i, f, g, o = (w @ column + b for w, b in zip(self.w, self.b))
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = (o.sigmoid() * c.tanh()).T
        return h, (h, c.T)


class RefactoredLSTMCell(nn.Module):
    """Four tensors, joined before the product."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.cell = LSTMCell(input_size, hidden_size)

    def forward(self, input, state):
        h, c = state
        w, b = torch.cat(list(self.cell.w)), torch.cat(list(self.cell.b)).flatten()
        i, f, g, o = nn.functional.linear(torch.cat([h, input], 1), w, b).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)
