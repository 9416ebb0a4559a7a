# stacked_rnn.not-a-tensor
import torch
from torch import nn
import torch.nn.functional as F
import math
class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.L, self.H = num_layers, hidden_size
        self.wx = nn.ModuleList(nn.Linear(hidden_size if i else input_size, hidden_size) for i in range(num_layers))
        self.wh = nn.ModuleList(nn.Linear(hidden_size, hidden_size, bias=False) for i in range(num_layers))
    def forward(self, x, h0=None):
        if h0 is None: h0 = torch.zeros(self.L, x.size(0), self.H, dtype=x.dtype)
        h = list(h0)
        outs = []
        for t in range(x.size(1)):
            inp = x[:, t]
            for l in range(self.L):
                h[l] = torch.tanh(self.wx[l](inp) + self.wh[l](h[l]))
                inp = h[l]
            outs.append(inp)
        return outs, torch.stack(h)
