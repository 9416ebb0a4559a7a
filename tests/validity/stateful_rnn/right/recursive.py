import torch
from torch import nn


class StatefulRNN(nn.Module):
    """No loop: a call reads its first word, and calls itself for the rest."""

    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.e = nn.Embedding(vocab_size, hidden_size)
        self.w = nn.Linear(hidden_size, hidden_size)
        self.u = nn.Linear(hidden_size, vocab_size)
        self._h = None

    def states(self, words, h):
        if words.shape[1] == 0:
            self._h = h.detach()
            return []
        inputs = self.e(words[:, 0])
        h = torch.relu(self.w(inputs if h is None else h + inputs))
        return [h, *self.states(words[:, 1:], h)]

    def forward(self, x):
        return self.u(torch.stack(self.states(x, self._h), 1))

    def reset(self):
        self._h = None
