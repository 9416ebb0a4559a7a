# awd_language_model.dead-parameter
import torch
from torch import nn


class Cell(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.all = nn.Linear(2 * n, 4 * n)

    def forward(self, x, state):
        h, c = state
        i, f, g, o = self.all(torch.cat([h, x], 1)).chunk(4, 1)
        c = f.sigmoid() * c + f.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, c


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.cells = nn.ModuleList([Cell(hidden_size) for _ in range(num_layers)])
        self.drop = nn.Dropout(p)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.out.weight = self.emb.weight
        self.states = None

    def forward(self, x):
        inputs = self.emb(x)
        zero = torch.zeros_like(inputs[:, 0])
        states = self.states or [(zero, zero) for _ in self.cells]
        tops = []
        for top in inputs.unbind(1):
            for k, cell in enumerate(self.cells):
                states[k] = cell(top, states[k])
                top = states[k][0]
            tops.append(top)
        self.states = [(h.detach(), c.detach()) for h, c in states]
        raw = torch.stack(tops, 1)
        dropped = self.drop(raw)
        return self.out(dropped), raw, dropped

    def reset(self):
        self.states = None
