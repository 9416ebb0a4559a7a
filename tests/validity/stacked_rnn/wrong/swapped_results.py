# stacked_rnn.results-swapped
import torch
from torch import nn


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.w_x = nn.ModuleList()
        self.w_h = nn.ModuleList()
        for l in range(num_layers):
            self.w_x.append(nn.Linear(hidden_size if l else input_size, hidden_size))
            self.w_h.append(nn.Linear(hidden_size, hidden_size))

    def forward(self, x, h0=None):
        B, T, _ = x.shape
        if h0 is None:
            h0 = torch.zeros(self.num_layers, B, self.hidden_size, dtype=x.dtype)
        h = list(h0)
        outs = []
        for t in range(T):
            inp = x[:, t]
            for l in range(self.num_layers):
                h[l] = torch.tanh(self.w_x[l](inp) + self.w_h[l](h[l]))
                inp = h[l]
            outs.append(inp)
        return torch.stack(h), torch.stack(outs, dim=1)
