import torch
import torch.nn.functional as F
from torch import nn


class StackedRNN(nn.Module):
    """Plain torch.randn weights, state from torch.zeros."""

    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        for l in range(num_layers):
            n = hidden_size if l else input_size
            self.register_parameter(f"w_x{l}", nn.Parameter(torch.randn(n, hidden_size)))
            self.register_parameter(f"w_h{l}", nn.Parameter(torch.randn(hidden_size, hidden_size)))
            self.register_parameter(f"b{l}", nn.Parameter(torch.randn(hidden_size)))

    def forward(self, x, h0=None):
        if h0 is None:
            h0 = torch.zeros(self.num_layers, x.shape[0], self.hidden_size)
        hs = list(h0)
        outs = []
        for xt in x.unbind(1):
            for l in range(self.num_layers):
                w_x, w_h, b = (getattr(self, f"{k}{l}") for k in ("w_x", "w_h", "b"))
                xt = hs[l] = torch.tanh(xt @ w_x + hs[l] @ w_h + b)
            outs.append(xt)
        return torch.stack(outs, 1), torch.stack(hs)
