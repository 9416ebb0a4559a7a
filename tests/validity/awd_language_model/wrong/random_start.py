# awd_language_model.not-repeatable
import torch
import torch.nn.functional as F
from torch import nn


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.i_h = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.drop = nn.Dropout(p)
        self.h_o = nn.Linear(hidden_size, vocab_size)
        self.h_o.weight = self.i_h.weight
        self.h = None

    def forward(self, x):
        if self.h is None:
            s = torch.randn(self.num_layers, len(x), self.hidden_size)
            self.h = (s, s)
        raw, h = self.rnn(self.i_h(x), self.h)
        dropped = self.drop(raw)
        self.h = tuple(s.detach() for s in h)
        return self.h_o(dropped), raw, dropped

    def reset(self):
        self.h = None
