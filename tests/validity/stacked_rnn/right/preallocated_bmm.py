import torch
from torch import nn


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        std = hidden_size**-0.5
        self.first = nn.Parameter(torch.randn(1, input_size, hidden_size) * std)
        self.rest = nn.Parameter(torch.randn(num_layers - 1, hidden_size, hidden_size) * std)
        self.recur = nn.Parameter(torch.randn(num_layers, hidden_size, hidden_size) * std)
        for layer in range(num_layers):
            self.register_parameter(f"bias_{layer}", nn.Parameter(torch.zeros(hidden_size)))

    def forward(self, x, h0=None):
        B, T, _ = x.shape
        L, _, H = self.recur.shape
        state = torch.zeros(L, B, H, dtype=x.dtype, device=x.device) if h0 is None else h0
        out = torch.zeros(B, T, H, dtype=x.dtype)
        for t in range(T):
            remembered = torch.bmm(state, self.recur)
            new, below = [], x[:, t]
            for layer in range(L):
                W = self.rest[layer - 1] if layer else self.first[0]
                below = (below @ W + remembered[layer] + getattr(self, f"bias_{layer}")).tanh()
                new.append(below)
            state = torch.stack(new)
            out[:, t] = below
        return out, state
