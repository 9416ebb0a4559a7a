# awd_language_model.not-an-lstm
import torch
from torch import nn


class Cell(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.all = nn.Linear(2 * n, 4 * n)

    def forward(self, x, h, c):
        i, f, g, o = self.all(torch.cat([h, x], 1)).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        return o.sigmoid() * c, c


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.E = nn.Parameter(torch.randn(vocab_size, hidden_size) * 0.1)
        self.b = nn.Parameter(torch.zeros(vocab_size))
        self.cells = nn.ModuleList([Cell(hidden_size) for _ in range(num_layers)])
        self.drop = nn.Dropout(p)
        self.states = None

    def forward(self, x):
        zero = torch.zeros(len(x), self.E.shape[1])
        states = self.states or [(zero, zero)] * len(self.cells)
        tops = []
        for word in x.T:
            top = self.E[word]
            for k, cell in enumerate(self.cells):
                states[k] = cell(top, *states[k])
                top = states[k][0]
            tops.append(top)
        self.states = [(h.detach(), c.detach()) for h, c in states]
        raw = torch.stack(tops, 1)
        dropped = self.drop(raw)
        return dropped @ self.E.T + self.b, raw, dropped

    def reset(self):
        self.states = None
