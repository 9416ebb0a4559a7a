# stateful_rnn.linear-step
import torch
from torch import nn


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.RNN(hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.h = None

    def linear(self, e, h):
        w, u, b, c = self.rnn.all_weights[0]
        states = []
        for step in e.unbind(1):
            h = step @ w.t() + b + c + (0 if h is None else h @ u.t())
            states.append(h)
        return torch.stack(states, 1), h

    def forward(self, x):
        res, h = self.linear(self.emb(x), self.h)
        self.h = h.detach()
        return self.out(res)

    def reset(self):
        self.h = None
