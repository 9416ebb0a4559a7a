# beyond: an own cell with averaged weights; lstm_cell judges cells
import torch
from torch import nn
from torch.nn import functional as F


class Layer(nn.Module):
    """Right for x, but the old state comes in as a sum, with one weight for each row."""

    def __init__(self, size):
        super().__init__()
        self.of_x = nn.Parameter(torch.randn(4 * size, size) / size**0.5)
        self.of_h = nn.Parameter(torch.randn(4 * size, size) / size**0.5)
        self.b = nn.Parameter(torch.randn(4 * size) / size**0.5)

    def forward(self, x, state):
        h, c = state
        outs = []
        for xt in x.unbind(1):
            seen = h.sum(1, keepdim=True) * self.of_h.mean(1)
            i, f, g, o = (F.linear(xt, self.of_x, self.b) + seen).chunk(4, 1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            outs.append(h)
        return torch.stack(outs, 1), (h.detach(), c.detach())


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.size, self.p = hidden_size, p
        self.E = nn.Embedding(vocab_size, hidden_size)
        self.b = nn.Parameter(torch.zeros(vocab_size))
        self.layers = nn.ModuleList(Layer(hidden_size) for _ in range(num_layers))
        self.state = None

    def reset(self):
        self.state = None

    def forward(self, x):
        if self.state is None:
            zeros = torch.zeros(len(x), self.size)
            self.state = [(zeros, zeros) for _ in self.layers]
        raw, new = self.E(x), []
        for layer, state in zip(self.layers, self.state):
            raw, state = layer(raw, state)
            new.append(state)
        self.state = new
        dropped = F.dropout(raw, self.p, self.training)
        return F.linear(dropped, self.E.weight, self.b), raw, dropped
