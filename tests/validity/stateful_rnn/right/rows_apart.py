import torch
from torch import nn


class StatefulRNN(nn.Module):
    """Reads one row after the other, with a state for each in a dict."""

    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.layer = nn.ParameterDict(
            {
                "W": nn.Parameter(torch.randn(2 * hidden_size, hidden_size) / hidden_size**0.5 / 2),
                "b": nn.Parameter(torch.zeros(hidden_size)),
            }
        )
        self.words = nn.Embedding(vocab_size, hidden_size)
        self.bias = nn.Parameter(torch.zeros(vocab_size, 1))
        self.states = {}

    def read(self, row, number):
        h = self.states.get(number, torch.zeros(self.words.embedding_dim))
        for e in self.words(row):
            h = torch.tanh(torch.cat((e, h)) @ self.layer["W"] + self.layer["b"])
            yield (self.words.weight @ h[:, None] + self.bias).T
        self.states[number] = h.detach()

    def forward(self, x):
        return torch.stack([torch.cat(list(self.read(row, k))) for k, row in enumerate(x)])

    def reset(self):
        self.states = {}
