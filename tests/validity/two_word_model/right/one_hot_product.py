import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.V = vocab_size
        self.E = nn.Parameter(torch.randn(vocab_size, hidden_size))
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        hot = nn.functional.one_hot(x, self.V).float()
        h = torch.zeros(1, self.E.shape[1])
        for i in range(2):
            h = torch.tanh(self.hid(h + hot[:, i] @ self.E))
        return self.out(h)
