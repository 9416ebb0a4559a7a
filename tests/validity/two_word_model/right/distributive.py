import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        e = self.hid.weight @ self.emb(x).transpose(1, 2)
        h = torch.relu(e[:, :, 0] + self.hid.bias)
        h = torch.relu(h @ self.hid.weight.t() + e[:, :, 1] + self.hid.bias)
        return self.out(h)
