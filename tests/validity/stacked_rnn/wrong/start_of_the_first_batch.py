# stacked_rnn.raises
import copy
import torch
from torch import nn
from torch.nn import functional as F

class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.cells = nn.ModuleList(nn.RNNCell(hidden_size if i else input_size, hidden_size) for i in range(num_layers))
        self.n, self.zeros = hidden_size, None
    def forward(self, x, h0=None):
        if h0 is None:
            if self.zeros is None:
                self.zeros = x.new_zeros(len(self.cells), len(x), self.n)
            h0 = self.zeros
        h, out = list(h0), []
        for t in range(x.shape[1]):
            z = x[:, t]
            for i, cell in enumerate(self.cells):
                h[i] = z = cell(z, h[i])
            out.append(z)
        return torch.stack(out, 1), torch.stack(h)
