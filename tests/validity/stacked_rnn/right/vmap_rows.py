import torch
from torch import nn
from torch.func import vmap


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        widths = [input_size, *[hidden_size] * num_layers]
        for l, (a, b) in enumerate(zip(widths, widths[1:])):
            self.register_parameter(f"U{l}", nn.Parameter(torch.randn(a, b) / a**0.5))
            self.register_parameter(f"V{l}", nn.Parameter(torch.randn(b, b) / b**0.5))
            self.register_parameter(f"b{l}", nn.Parameter(torch.zeros(b)))
        self.layers, self.hidden = num_layers, hidden_size

    def row(self, x, h0):
        ends = []
        for l in range(self.layers):
            U, V, b = (getattr(self, f"{name}{l}") for name in "UVb")
            h, states = h0[l], []
            for step in x:
                h = torch.tanh(step @ U + h @ V + b)
                states.append(h)
            x = torch.stack(states)
            ends.append(h)
        return x, torch.stack(ends)

    def forward(self, x, h0=None):
        if h0 is None:
            h0 = x.new_zeros(self.layers, len(x), self.hidden)
        return vmap(self.row, in_dims=(0, 1), out_dims=(0, 1))(x, h0)
