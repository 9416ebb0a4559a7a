# lstm_cell.gates-shared
from torch import nn


class LSTMCell(nn.Module):
    """Of the old state only its mean counts, and of its weights only their sums."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.of_x = nn.Linear(input_size, 4 * hidden_size)
        self.of_h = nn.Linear(hidden_size, 4 * hidden_size)

    def forward(self, input, state):
        h, c = state
        seen = h.mean(1, keepdim=True) * self.of_h.weight.sum(1) + self.of_h.bias
        i, f, g, o = (self.of_x(input) + seen).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)


class RefactoredLSTMCell(LSTMCell):
    pass
