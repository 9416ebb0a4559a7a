# stateful_rnn.forgets
import torch
from torch import nn


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.RNN(hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.reset()

    def forward(self, x):
        self.reset()
        out, h = self.rnn(self.embedding(x), self.h)
        self.h = h.detach()
        return self.out(out)

    def reset(self):
        self.h = None
