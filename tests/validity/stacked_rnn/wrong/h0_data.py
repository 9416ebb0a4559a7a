# stacked_rnn.no-gradient
import torch
from torch import nn


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.hidden_size = hidden_size
        sizes = [input_size] + [hidden_size] * (num_layers - 1)
        self.cells = nn.ModuleList([nn.RNNCell(n, hidden_size) for n in sizes])

    def forward(self, x, h0=None):
        last = []
        for l, cell in enumerate(self.cells):
            h = x.new_zeros(len(x), self.hidden_size) if h0 is None else h0[l].data
            outs = []
            for t in range(x.shape[1]):
                h = cell(x[:, t], h)
                outs.append(h)
            x = torch.stack(outs, dim=1)
            last.append(h)
        return x, torch.stack(last)
