import torch
import torch.nn.functional as F
from torch import nn


class AWDLanguageModel(nn.Module):
    """Zeros made on demand, two attributes for the state, F.dropout, weights tied by a call."""

    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.hidden_size, self.num_layers, self.p = hidden_size, num_layers, p
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.fc = nn.Linear(hidden_size, vocab_size)
        self.tie()
        self.reset()

    def tie(self):
        self.fc.weight = self.emb.weight

    def reset(self):
        self.h, self.c = None, None

    def forward(self, x):
        if self.h is None:
            self.h = torch.zeros(self.num_layers, x.shape[0], self.hidden_size)
            self.c = torch.zeros(self.num_layers, x.shape[0], self.hidden_size)
        raw, (h, c) = self.rnn(self.emb(x), (self.h.detach(), self.c.detach()))
        self.h, self.c = h, c
        dropped = F.dropout(raw, p=self.p, training=self.training)
        return self.fc(dropped), raw, dropped
