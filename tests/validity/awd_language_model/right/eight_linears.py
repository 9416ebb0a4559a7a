from types import SimpleNamespace

import torch
import torch.nn.functional as F
from torch import nn


class Gate(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.word, self.state = nn.Linear(n, n), nn.Linear(n, n)

    def forward(self, x, h):
        return self.word(x) + self.state(h)


class Layer(nn.ModuleDict):
    def __init__(self, n):
        super().__init__({name: Gate(n) for name in ("input", "forget", "cell", "output")})

    def step(self, x, h, c):
        i, f, o = (self[name](x, h).sigmoid() for name in ("input", "forget", "output"))
        c = torch.addcmul(f * c, i, self["cell"](x, h).tanh())
        return o * c.tanh(), c


class AWDLanguageModel(nn.Module):
    """Words by one-hot rows, layer after layer, states in a namespace."""

    def __init__(self, vocab_size, hidden_size, num_layers, p=0.5):
        super().__init__()
        self.layers = nn.Sequential(*[Layer(hidden_size) for _ in range(num_layers)])
        self.out = nn.Linear(hidden_size, vocab_size)
        self.mask = nn.Dropout(p)
        self.kept = SimpleNamespace(states=[])

    def forward(self, x):
        B, T = x.size()
        E = self.out.weight
        track = list(F.one_hot(x, len(E)).float().matmul(E).unbind(1))
        new = []
        for k, layer in enumerate(self.layers):
            h, c = self.kept.states[k] if self.kept.states else torch.zeros(2, B, E.size(1))
            for t in range(T):
                track[t], c = layer.step(track[t], track[t - 1] if t else h, c)
            new.append((track[-1].clone().detach(), c.clone().detach()))
        self.kept = SimpleNamespace(states=new)
        raw = torch.stack(track).permute(1, 0, 2)
        dropped = self.mask(torch.ones_like(raw)) * raw
        return self.out(dropped), raw, dropped

    def reset(self):
        self.kept.states = []
