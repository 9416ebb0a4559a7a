import torch
from torch import nn


class Cell(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.all = nn.Linear(2 * n, 4 * n)

    def forward(self, x, state):
        h, c = state
        i, f, g, o = self.all(torch.cat([h, x], 1)).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)


class AWDLanguageModel(nn.Module):
    """One bias per gate, word by word, states in a list."""

    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.E = nn.Parameter(torch.randn(vocab_size, hidden_size) * 0.1)
        self.b = nn.Parameter(torch.zeros(vocab_size))
        self.cells = nn.ModuleList([Cell(hidden_size) for _ in range(num_layers)])
        self.n, self.p = hidden_size, p
        self.reset()

    def forward(self, x):
        if not self.states:
            zero = torch.zeros(x.shape[0], self.n)
            self.states = [(zero, zero) for _ in self.cells]
        tops = []
        for word in x.T:
            top = self.E[word]
            for k, cell in enumerate(self.cells):
                top, self.states[k] = cell(top, self.states[k])
            tops.append(top)
        self.states = [(h.detach(), c.detach()) for h, c in self.states]
        raw = torch.stack(tops, 1)
        dropped = raw
        if self.training:
            dropped = raw * torch.empty_like(raw).bernoulli_(1 - self.p) / (1 - self.p)
        return dropped @ self.E.T + self.b, raw, dropped

    def reset(self):
        self.states = []
