import torch
import torch.nn.functional as F
from torch import nn


class StackedRNN(nn.Module):
    """Weights as in min-char-rnn: randn * 0.01, biases zero."""

    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.Wxh = nn.ParameterList()
        self.Whh = nn.ParameterList()
        self.bh = nn.ParameterList()
        for layer in range(num_layers):
            n = hidden_size if layer else input_size
            self.Wxh.append(nn.Parameter(torch.randn(hidden_size, n) * 0.01))
            self.Whh.append(nn.Parameter(torch.randn(hidden_size, hidden_size) * 0.01))
            self.bh.append(nn.Parameter(torch.zeros(hidden_size)))

    def forward(self, x, h0=None):
        hn = []
        for l in range(len(self.bh)):
            h = h0[l] if h0 is not None else torch.zeros(x.size(0), self.bh[l].size(0), dtype=x.dtype)
            hs = []
            for t in range(x.size(1)):
                h = torch.tanh(x[:, t] @ self.Wxh[l].T + h @ self.Whh[l].T + self.bh[l])
                hs.append(h)
            x = torch.stack(hs, 1)
            hn.append(h)
        return x, torch.stack(hn)
