import torch
from torch import nn
from functools import reduce
from itertools import accumulate


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        sizes = [input_size] + [hidden_size] * (num_layers - 1)
        self.cells = nn.ModuleList([nn.RNNCell(size, hidden_size) for size in sizes])
        self.hidden_size = hidden_size

    def forward(self, x, h0=None):
        def layer(carried, pair):
            seq, last = carried
            cell, h = pair
            if h is None:
                h = seq.new_zeros(seq.size(0), cell.hidden_size)
            states = list(accumulate(seq.unbind(1), lambda h, x: cell(x, h), initial=h))[1:]
            return torch.stack(states, 1), [*last, states[-1]]

        starts = [None] * len(self.cells) if h0 is None else h0
        out, last = reduce(layer, zip(self.cells, starts), (x, []))
        return out, torch.stack(last)
