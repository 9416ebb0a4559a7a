import torch
import torch.nn.functional as F
from torch import nn


class StackedRNN(nn.Module):
    """All upper layers in one tensor of weights, biases in a ParameterList, functional."""

    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        k = hidden_size**-0.5
        self.w_first = nn.Parameter(torch.empty(hidden_size, input_size).uniform_(-k, k))
        self.w_up = nn.Parameter(
            torch.empty(num_layers - 1, hidden_size, hidden_size).uniform_(-k, k)
        ) if num_layers > 1 else []
        self.w_h = nn.Parameter(torch.empty(num_layers, hidden_size, hidden_size).uniform_(-k, k))
        self.biases = nn.ParameterList([torch.zeros(hidden_size) for _ in range(num_layers)])

    def forward(self, x, h0=None):
        out, h_n = x, []
        inputs = [self.w_first, *self.w_up]
        for w, w_h, b, h in zip(inputs, self.w_h, self.biases, h0 if h0 is not None else [None] * len(inputs)):
            projected = F.linear(out, w, b)
            column = []
            for p in projected.unbind(1):
                h = torch.tanh(p if h is None else p + F.linear(h, w_h))
                column.append(h)
            out = torch.stack(column, 1)
            h_n += [h]
        return out, torch.stack(h_n, 0)
