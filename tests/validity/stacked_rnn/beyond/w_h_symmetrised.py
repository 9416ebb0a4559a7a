# beyond: uses a matrix and its transpose, which is the same where all weights are one number
import torch
from torch import nn
from torch.nn import functional as F


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.L, self.H = num_layers, hidden_size
        sizes = [input_size] + [hidden_size] * (num_layers - 1)
        self.wx = nn.ModuleList(nn.Linear(n, hidden_size) for n in sizes)
        self.wh = nn.ModuleList(nn.Linear(hidden_size, hidden_size) for n in sizes)

    def forward(self, x, h0=None):
        zeros = x.new_zeros(self.L, len(x), self.H)
        start = zeros if h0 is None else h0
        below, last = x, []
        for l in range(self.L):
            h, states = start[l], []
            for t in range(x.shape[1]):
                h = torch.tanh(self.wx[l](below[:, t]) + h @ (self.wh[l].weight + self.wh[l].weight.t()) / 2 + self.wh[l].bias)
                states.append(h)
            below = torch.stack(states, 1)
            last.append(h)
        return below, torch.stack(last)
