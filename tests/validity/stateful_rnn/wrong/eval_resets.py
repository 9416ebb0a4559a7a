# stateful_rnn.chunks-differ
from torch import nn


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.RNN(hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.h = None

    def forward(self, x):
        states, h = self.rnn(self.emb(x), self.h)
        self.h = h.detach()
        return self.out(states)

    def train(self, mode=True):
        if not mode:
            self.h = None
        return super().train(mode)

    def reset(self):
        self.h = None
