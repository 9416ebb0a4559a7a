# beyond: drops exactly a share p of the elements, not each with probability p
import torch
import torch.nn.functional as F
from torch import nn


class Cell(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.n = n
        self.ih = nn.Linear(n, 4 * n)
        self.hh = nn.Linear(n, 4 * n)

    def forward(self, x, state):
        h, c = state
        i, f, g, o = (self.ih(x) + self.hh(h)).chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.p = p
        self.hidden_size = hidden_size
        self.E = nn.Embedding(vocab_size, hidden_size)
        self.cells = nn.ModuleList([Cell(hidden_size) for _ in range(num_layers)])
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.state = None

    def init_state(self, batch_size):
        zeros = torch.zeros(batch_size, self.hidden_size)
        return [(zeros, zeros) for _ in self.cells]

    def forward(self, x):
        state = self.init_state(len(x)) if self.state is None else self.state
        states = list(state)
        out = []
        for t in range(x.shape[1]):
            z = self.E(x[:, t])
            for l, cell in enumerate(self.cells):
                z, states[l] = cell(z, states[l])
            out.append(z)
        raw = torch.stack(out, dim=1)
        self.state = [(h.detach(), c.detach()) for h, c in states]
        mask = torch.ones(raw.numel())
        mask[torch.randperm(raw.numel())[: int(self.p * raw.numel())]] = 0
        dropped = raw * mask.view_as(raw) / (1 - self.p) if self.training else raw
        logits = dropped @ self.E.weight.T + self.bias
        return logits, raw, dropped

    def reset(self):
        self.state = None
