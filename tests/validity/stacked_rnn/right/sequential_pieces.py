import torch
from torch import nn


class OneLayer(nn.Module):
    def __init__(self, n_in, n_hidden):
        super().__init__()
        self.i2h = nn.Linear(n_in, n_hidden)
        self.h2h = nn.Linear(n_hidden, n_hidden)
        self.act = nn.Tanh()

    def step(self, x, h):
        return self.act(self.i2h(x) + self.h2h(h))


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.layers = nn.ModuleDict(
            {f"l{i}": OneLayer(input_size if i == 0 else hidden_size, hidden_size) for i in range(num_layers)}
        )
        self.hidden_size = hidden_size

    def forward(self, x, h0=None):
        B, T = x.shape[:2]
        if h0 is None:
            h0 = torch.zeros(len(self.layers), B, self.hidden_size).to(x)
        out = torch.empty(B, T, self.hidden_size, dtype=x.dtype)
        h_n = torch.empty_like(h0)
        for i, layer in enumerate(self.layers.values()):
            h, seq = h0[i], []
            for t in range(T):
                h = layer.step(x[:, t], h)
                seq.append(h)
            x = torch.stack(seq, 1)
            h_n[i] = h
        out[:] = x
        return out, h_n
