import torch
from torch import nn


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.e = nn.Embedding(vocab_size, hidden_size)
        self.w = nn.LazyLinear(hidden_size)
        self.o = nn.LazyLinear(vocab_size)
        self.h = None

    def forward(self, x):
        h = torch.zeros_like(self.e(x[:, 0])) if self.h is None else self.h
        outs = []
        for e in self.e(x).unbind(1):
            h = torch.tanh(self.w(h + e))
            outs.append(h)
        self.h = h.detach()
        return self.o(torch.stack(outs, 1))

    def reset(self):
        self.h = None
