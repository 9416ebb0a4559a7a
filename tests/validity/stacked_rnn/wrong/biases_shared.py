# stacked_rnn.count-biases
import torch
from torch import nn


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.hidden_size = hidden_size
        self.b = nn.Parameter(torch.zeros(hidden_size))
        sizes = [input_size] + [hidden_size] * (num_layers - 1)
        self.w_x = nn.ModuleList(nn.Linear(size, hidden_size, bias=False) for size in sizes)
        self.w_h = nn.ModuleList(nn.Linear(hidden_size, hidden_size, bias=False) for _ in sizes)

    def forward(self, x, h0=None):
        h = [x.new_zeros(len(x), self.hidden_size) for _ in self.w_x] if h0 is None else list(h0)
        out = []
        for t in range(x.shape[1]):
            below = x[:, t]
            for layer, (w_x, w_h) in enumerate(zip(self.w_x, self.w_h)):
                h[layer] = below = torch.tanh(w_x(below) + w_h(h[layer]) + self.b)
            out.append(below)
        return torch.stack(out, dim=1), torch.stack(h)
