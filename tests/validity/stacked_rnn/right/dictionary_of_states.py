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
        h = {}
        for layer in range(self.num_layers):
            h[layer] = torch.zeros(batch, self.hidden_size) if h0 is None else h0[layer]
        out = torch.empty(batch, 0, self.hidden_size)
        for step in range(seq):
            signal = x[:, step, :]
            for layer, cell in enumerate(self.cells):
                signal = cell(signal, h[layer])
                h[layer] = signal
            out = torch.cat([out, signal[:, None, :]], dim=1)
        return out, torch.stack([h[layer] for layer in range(self.num_layers)])
