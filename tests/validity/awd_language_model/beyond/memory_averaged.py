# beyond: an own cell that averages memories; lstm_cell judges cells
import torch
from torch import nn
from torch.nn import functional as F


class Layer(nn.Module):
    """Every unit starts from the mean of all memories."""

    def __init__(self, size):
        super().__init__()
        self.a = nn.Parameter(torch.randn(4 * size, size) / size**0.5)
        self.r = nn.Parameter(torch.randn(4 * size, size) / size**0.5)
        self.b = nn.Parameter(torch.randn(4 * size) / size**0.5)

    def forward(self, x, state, others):
        h, c = state
        a, r, b = self.a, self.r, self.b
        outs = []
        for xt in x.unbind(1):
            i, f, g, o = F.linear(xt, a, b).add(F.linear(h, r)).chunk(4, -1)
            c = f.sigmoid() * c.mean(-1, keepdim=True) + i.sigmoid() * g.tanh()
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
            raw, state = layer(raw, state, self.layers)
            new.append(state)
        self.state = new
        dropped = F.dropout(raw, self.p, self.training)
        return F.linear(dropped, self.E.weight, self.b), raw, dropped
