# awd_language_model.not-three
import torch
from torch import nn


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.lstm = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.dropout = nn.Dropout(p)
        self.output = nn.Linear(hidden_size, vocab_size)
        self.output.weight = self.embedding.weight
        self.state = None

    def forward(self, x):
        raw, (h, c) = self.lstm(self.embedding(x), self.state)
        self.state = h.detach(), c.detach()
        dropped = self.dropout(raw)
        return self.output(dropped), raw, dropped, self.state

    def reset(self):
        self.state = None
