# awd_language_model.backward-fails
import torch
from torch import nn


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.drop = nn.Dropout(p)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.out.weight = self.emb.weight
        self.state = None

    def forward(self, x):
        raw, (h, c) = self.rnn(self.emb(x), self.state)
        self.state = (h, c) if self.training else (h.detach(), c.detach())
        dropped = self.drop(raw)
        return self.out(dropped), raw, dropped

    def reset(self):
        self.state = None
