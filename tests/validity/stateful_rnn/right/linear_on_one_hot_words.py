import torch
import torch.nn.functional as F
from torch import nn


class StatefulRNN(nn.Module):
    """The embedding is a Linear on one-hot rows, and so it has a bias of its own."""

    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.vocab_size = vocab_size
        self.embed = nn.Linear(vocab_size, hidden_size)
        self.layer = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.h = None

    def forward(self, x):
        e = self.embed(F.one_hot(x, self.vocab_size).float())
        h = torch.zeros_like(e[:, 0]) if self.h is None else self.h
        logits = []
        for t in range(x.size(1)):
            h = torch.tanh(self.layer(h + e[:, t]))
            logits.append(self.out(h).unsqueeze(1))
        self.h = h.detach()
        return torch.cat(logits, dim=1)

    def reset(self):
        self.h = None
