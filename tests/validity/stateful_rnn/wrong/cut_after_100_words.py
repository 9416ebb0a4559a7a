# stateful_rnn.words-not-reached
import torch
from torch import nn


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.RNN(hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.h = None

    def forward(self, x):
        pieces, h = [], self.h
        for part in self.emb(x).split(100, dim=1):
            piece, h = self.rnn(part, h)
            h = h.detach()
            pieces.append(piece)
        states = torch.cat(pieces, dim=1)
        self.h = h.detach()
        return self.out(states)

    def reset(self):
        self.h = None
