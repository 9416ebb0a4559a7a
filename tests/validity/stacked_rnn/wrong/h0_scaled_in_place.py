# stacked_rnn.raises
import torch
from torch import nn


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.hidden_size = hidden_size
        sizes = [input_size] + [hidden_size] * (num_layers - 1)
        self.cells = nn.ModuleList(nn.RNNCell(size, hidden_size) for size in sizes)

    def forward(self, x, h0=None):
        keep = 1.0
        if h0 is None:
            h0 = x.new_zeros(len(self.cells), len(x), self.hidden_size)
        h0.mul_(keep)
        h = list(h0)
        out = []
        for t in range(x.shape[1]):
            below = x[:, t]
            for layer, cell in enumerate(self.cells):
                h[layer] = below = cell(below, h[layer])
            out.append(below)
        return torch.stack(out, dim=1), torch.stack(h)
