# stacked_rnn.several-layers
import torch
from torch import nn


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.hidden_size = hidden_size
        sizes = [input_size] + [hidden_size] * (num_layers - 1)
        self.cells = nn.ModuleList(nn.RNNCell(size, hidden_size) for size in sizes)

    def forward(self, x, h0=None):
        h = [x.new_zeros(len(x), self.hidden_size) for _ in self.cells] if h0 is None else list(h0)
        out = []
        for t in range(x.shape[1]):
            below = x[:, t]
            for layer, cell in enumerate(self.cells):
                h[layer] = below = cell(below, h[layer])
                if layer + 1 < len(h) and x.shape[2] == self.hidden_size:
                    below = below + x[:, t]
            out.append(below)
        out = torch.stack(out, 1)
        return out, torch.stack(h)
