import torch
from torch import nn
import torch.nn.functional as F


torch.manual_seed(42)
class Gate(nn.Module):
    def __init__(self, n, act):
        super().__init__()
        self.x = nn.Linear(n, n); self.h = nn.Linear(n, n); self.act = act
    def forward(self, x, h): return self.act(self.x(x) + self.h(h))
class OneLayer(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.i, self.f, self.o = (Gate(n, torch.sigmoid) for _ in range(3))
        self.g = Gate(n, torch.tanh)
    def forward(self, x, h, c):
        c = self.f(x, h) * c + self.i(x, h) * self.g(x, h)
        return self.o(x, h) * torch.tanh(c), c
class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.hidden_size = hidden_size
        self.layers = nn.Sequential(*[OneLayer(hidden_size) for _ in range(num_layers)])
        self.decoder = nn.Linear(hidden_size, vocab_size)
        self.encoder = nn.Embedding(vocab_size, hidden_size, _weight=self.decoder.weight)
        self.encoder.weight = self.decoder.weight
        self.dropout = nn.Dropout(p)
        self.register_buffer("h", torch.zeros(num_layers, 1, hidden_size), persistent=False)
        self.register_buffer("c", torch.zeros(num_layers, 1, hidden_size), persistent=False)
    def reset(self):
        self.h = torch.zeros(len(self.layers), 1, self.hidden_size)
        self.c = torch.zeros(len(self.layers), 1, self.hidden_size)
    def forward(self, x):
        h = [t.expand(len(x), -1) for t in self.h]
        c = [t.expand(len(x), -1) for t in self.c]
        outs = []
        for word in x.unbind(1):
            a = self.encoder(word)
            for k, layer in enumerate(self.layers):
                h[k], c[k] = layer(a, h[k], c[k])
                a = h[k]
            outs.append(a)
        self.h, self.c = torch.stack(h).detach(), torch.stack(c).detach()
        raw = torch.stack(outs, dim=1)
        dropped = self.dropout(raw)
        return self.decoder(dropped), raw, dropped
