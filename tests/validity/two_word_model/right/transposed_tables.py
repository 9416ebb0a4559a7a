import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.columns = nn.Parameter(torch.randn(hidden_size, vocab_size))
        self.square = nn.Parameter(torch.randn(hidden_size, hidden_size) / hidden_size**0.5)
        self.shift = nn.Parameter(torch.zeros(hidden_size, 1))
        self.head = nn.Parameter(torch.randn(vocab_size, hidden_size) / hidden_size**0.5)
        self.last = nn.Parameter(torch.zeros(vocab_size, 1))

    def forward(self, x):
        h = torch.zeros(self.square.shape[0], x.shape[0])
        for t in (0, 1):
            h = torch.tanh(self.square.t() @ (h + self.columns[:, x[:, t]]) + self.shift)
        return (self.head @ h + self.last).T
