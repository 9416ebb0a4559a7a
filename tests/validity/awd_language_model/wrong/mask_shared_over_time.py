# awd_language_model.mask-shared

import torch
from torch import nn
import torch.nn.functional as F


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.e = nn.Embedding(vocab_size, hidden_size)
        self.lstm = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.drop = nn.Dropout(p)
        self.dec = nn.Linear(hidden_size, vocab_size)
        self.dec.weight = self.e.weight
        self.state = None
    def forward(self, x):
        raw, state = self.lstm(self.e(x), self.state)
        self.state = tuple(s.detach() for s in state)
        dropped = raw * self.drop(torch.ones_like(raw[:, :1]))
        return self.dec(dropped), raw, dropped
    def reset(self):
        self.state = None
