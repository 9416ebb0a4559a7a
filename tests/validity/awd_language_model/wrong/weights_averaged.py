# awd_language_model.gates-shared
import torch
from torch import nn
from torch.nn import functional as F


class Layer(nn.Module):
    """No LSTM: one gate for everything and everybody, which sees mean weights and sums."""

    def __init__(self, size):
        super().__init__()
        self.w = nn.Parameter(torch.randn(8 * size, size) / size**0.5)
        self.b = nn.Parameter(torch.randn(4 * size) / size**0.5)

    def forward(self, x, state):
        w, b, size = self.w.mean(), self.b.mean(), x.shape[-1]
        h, c = state
        outs = []
        for xt in x.unbind(1):
            s = w * (xt.sum(-1, keepdim=True) + h.sum(-1, keepdim=True)) + b
            c = s.sigmoid() * c + s.sigmoid() * s.tanh()
            h = s.sigmoid() * c.tanh()
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
