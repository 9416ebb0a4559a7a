import torch
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.gates = nn.ModuleList(nn.Linear(input_size + hidden_size, hidden_size) for _ in "ifgo")

    def one(self, x, h, c):
        z = torch.cat((x, h))
        i, f, g, o = (gate(z) for gate in self.gates)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def forward(self, input, state):
        """Row by row: slow and right."""
        pairs = [self.one(*row) for row in zip(input, *state)]
        h, c = (torch.stack(part) for part in zip(*pairs))
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.gates = nn.Linear(input_size + hidden_size, 4 * hidden_size)

    def forward(self, input, state):
        h, c = state
        i, f, g, o = self.gates(torch.cat([input, h], 1)).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)
