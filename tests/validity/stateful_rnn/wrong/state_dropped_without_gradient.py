# stateful_rnn.forgets
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
        self.h = h.detach() if states.requires_grad else None
        return self.out(states)

    def reset(self):
        self.h = None
