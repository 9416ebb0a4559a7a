# beyond: differs only in stacks of more than three layers
import torch
from torch import nn


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        sizes = [input_size] + [hidden_size] * (num_layers - 1)
        self.cells = nn.ModuleList([nn.RNNCell(size, hidden_size) for size in sizes])
        self.hidden_size = hidden_size

    def forward(self, x, h0=None):
        if h0 is None:
            h0 = x.new_zeros(len(self.cells), x.shape[0], self.hidden_size)
        last = []
        for cell, h in zip(self.cells, h0):
            states = []
            for t in range(x.shape[1]):
                h = cell(x[:, t], h)
                states.append(h)
            below, x = x, torch.stack(states, dim=1)
            if len(self.cells) > 3 and below.shape == x.shape:
                x = x + below
            last.append(h)
        return x, torch.stack(last)
