# stacked_rnn.not-repeatable
import torch
from torch import nn


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.hidden_size, self.num_layers = hidden_size, num_layers
        self.cells = nn.ModuleList(
            nn.RNNCell(input_size if layer == 0 else hidden_size, hidden_size)
            for layer in range(num_layers)
        )

    def forward(self, x, h0=None):
        batch, seq, _ = x.shape
        if h0 is None:
            h0 = getattr(self, 'state', None)
        if h0 is None or h0.shape[1] != batch:
            h0 = x.new_zeros(self.num_layers, batch, self.hidden_size)
        h, out = list(h0), []
        for t in range(seq):
            below = x[:, t]
            for layer, cell in enumerate(self.cells):
                below = h[layer] = cell(below, h[layer])
            out.append(below)
        self.state = torch.stack(h).detach()
        return torch.stack(out, dim=1), torch.stack(h)
