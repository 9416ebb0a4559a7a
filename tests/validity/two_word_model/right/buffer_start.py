import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.register_buffer('start', torch.zeros(hidden_size))

    def forward(self, x):
        h = self.start.expand(x.size(0), -1)
        for i in range(x.size(1)):
            h = torch.tanh(self.hid(h + self.emb(x[:, i])))
        return self.out(h)
