import torch
from torch import nn


class StackedRNN(nn.Module):
    """A stack is a layer with a smaller stack on top."""

    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.hidden_size = hidden_size
        self.cell = nn.RNNCell(input_size, hidden_size, nonlinearity="tanh")
        self.above = (
            StackedRNN(hidden_size, hidden_size, num_layers - 1) if num_layers > 1 else None
        )

    def forward(self, x, h0=None):
        h = None if h0 is None else h0[0]
        states = []
        for t in range(x.size(1)):
            h = self.cell(x[:, t, :], h)
            states.append(h.unsqueeze(1))
        out = torch.cat(states, dim=1)
        if self.above is None:
            return out, h.unsqueeze(0)
        top, rest = self.above(out, None if h0 is None else h0[1:])
        return top, torch.cat([h.unsqueeze(0), rest])
