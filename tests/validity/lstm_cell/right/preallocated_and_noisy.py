import sys
import warnings

import torch
import torch.nn.functional as F
from torch import nn


class LSTMCell(nn.Module):
    """Prints, warns, and fills a new tensor slice by slice."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        print("a cell", input_size, hidden_size)
        self.hidden_size = hidden_size
        self.weight_ih = nn.Parameter(torch.empty(4 * hidden_size, input_size))
        self.weight_hh = nn.Parameter(torch.empty(4 * hidden_size, hidden_size))
        self.bias_ih = nn.Parameter(torch.zeros(4 * hidden_size))
        self.bias_hh = nn.Parameter(torch.zeros(4 * hidden_size))
        for weight in (self.weight_ih, self.weight_hh):
            nn.init.orthogonal_(weight)

    def forward(self, input, state):
        warnings.warn("one step", stacklevel=1)
        print("step", file=sys.stderr)
        n = self.hidden_size
        h, c = state[0].clone(), state[1].clone()
        z = F.linear(input, self.weight_ih, self.bias_ih)
        z += F.linear(h, self.weight_hh, self.bias_hh)
        act = torch.empty_like(z)
        act[:, : 3 * n] = torch.sigmoid(z[:, : 3 * n])
        act[:, 3 * n :] = torch.tanh(z[:, 3 * n :])
        c = act[:, n : 2 * n] * c
        c += act[:, :n] * act[:, 3 * n :]
        h = act[:, 2 * n : 3 * n] * torch.tanh(c)
        return h, (h, c)


class RefactoredLSTMCell(LSTMCell):
    """It was refactored from the start."""
