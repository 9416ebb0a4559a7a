import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.E = nn.Parameter(torch.randn(1, vocab_size, hidden_size))
        self.W = nn.Parameter(torch.randn(hidden_size, hidden_size) / hidden_size**0.5)
        self.b = nn.Parameter(torch.zeros(1, hidden_size))
        self.O = nn.Parameter(torch.randn(hidden_size, vocab_size) / hidden_size**0.5)
        self.c = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, x):
        first, second = self.E[0, x].unbind(1)
        h = torch.relu(first @ self.W + self.b)
        h = torch.relu((h + second) @ self.W + self.b)
        return h @ self.O + self.c
