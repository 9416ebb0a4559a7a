# lstm_cell.call-differs
import torch
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.gates = nn.ModuleList(
            nn.Linear(input_size + hidden_size, hidden_size) for _ in range(4)
        )

    def sums(self, joined):
        return [gate(joined) for gate in self.gates]

    def forward(self, input, state):
        h, c = state
        i, f, g, o = self.sums(torch.cat([input, h], dim=1))
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)


class RefactoredLSTMCell(LSTMCell):
    def sums(self, joined):
        """One gate's, each time a unit further."""
        first = self.gates[0](joined)
        if first.shape[1] < 50:
            return super().sums(joined)
        return [first.roll(k, dims=1) for k in range(4)]
