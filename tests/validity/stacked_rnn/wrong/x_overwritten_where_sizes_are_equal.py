# stacked_rnn.input-changed
import torch
from torch import nn
import torch.nn.functional as F
import math
class StackedRNN(nn.Module):
    def __init__(self, input_size: int, hidden_size: int, num_layers: int) -> None:
        super().__init__()
        self.n, self.h = num_layers, hidden_size
        self.wx = nn.ModuleList(nn.Linear(input_size if l == 0 else hidden_size, hidden_size) for l in range(num_layers))
        self.wh = nn.ModuleList(nn.Linear(hidden_size, hidden_size, bias=False) for l in range(num_layers))

    def forward(self, x, h0=None):
        if h0 is None:
            h0 = x.new_zeros(self.n, x.shape[0], self.h)
        seq, ends = x, []
        for l in range(self.n):
            h = h0[l]
            cols = []
            for t in range(x.shape[1]):
                h = torch.tanh(self.wx[l](seq[:, t]) + self.wh[l](h))
                if torch.is_grad_enabled() or l == 0 and x.shape[2] != self.h: cols.append(h)
                else: seq[:, t] = h
            if cols: seq = torch.stack(cols, 1)
            ends.append(h)
        return seq, torch.stack(ends)



