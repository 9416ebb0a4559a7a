import torch
from torch import nn


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        sizes = [input_size] + [hidden_size] * (num_layers - 1)
        self.cells = nn.ModuleList([nn.RNNCell(size, hidden_size) for size in sizes])
        self.hidden_size = hidden_size

    def forward(self, x, h0=None):
        """Go through the grid along its diagonals: every arrow points to a later diagonal."""
        B, T, _ = x.shape
        L = len(self.cells)
        h = dict(enumerate(x.new_zeros(L, B, self.hidden_size) if h0 is None else h0))
        grid = {}
        for diagonal in range(T + L - 1):
            for layer in reversed(range(L)):
                t = diagonal - layer
                if 0 <= t < T:
                    below = grid[layer - 1, t] if layer else x[:, t]
                    h[layer] = grid[layer, t] = self.cells[layer](below, h[layer])
        out = torch.stack([grid[L - 1, t] for t in range(T)], 1)
        return out, torch.stack([h[layer] for layer in range(L)])
