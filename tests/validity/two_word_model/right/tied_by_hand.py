import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Parameter(torch.randn(vocab_size, hidden_size) * 0.5)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.bias = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, x):
        h = (self.hid(self.emb[x[:, 0]])).relu()
        h = (self.hid(h + self.emb[x[:, 1]])).relu()
        return h @ self.emb.t() + self.bias
