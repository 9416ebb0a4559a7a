import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.step = nn.Sequential(nn.Linear(hidden_size, hidden_size), nn.ReLU())
        self.head = nn.Sequential(nn.Linear(hidden_size, vocab_size))

    def forward(self, x):
        e = self.embedding(x)
        return self.head(self.step(self.step(e[:, 0]) + e[:, 1]))
