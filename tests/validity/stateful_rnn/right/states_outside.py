import weakref

import torch
from torch import nn

STATES = weakref.WeakKeyDictionary()


class StatefulRNN(nn.Module):
    """Keeps the states outside of the models, but one for each of them."""

    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.encoder = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.RNN(hidden_size, hidden_size, nonlinearity="relu", bias=False)
        self.decoder = nn.Linear(hidden_size, vocab_size, bias=False)

    def forward(self, x):
        states, last = self.rnn(self.encoder(x).swapaxes(0, 1), STATES.get(self))
        with torch.no_grad():
            STATES[self] = last + 0
        return self.decoder(states.swapaxes(0, 1).contiguous())

    def reset(self):
        STATES.pop(self, None)
