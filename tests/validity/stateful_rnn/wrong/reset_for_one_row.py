# stateful_rnn.batch-size-kept
import torch
from torch import nn


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.RNN(hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.h = None

    def forward(self, x):
        res, h = self.rnn(self.emb(x), self.h)
        self.h = h.detach()
        return self.out(res)

    def reset(self):
        self.h = torch.zeros(1, 1, self.hidden_size)
