# awd_language_model.not-repeatable
import torch
from torch import nn
import torch.nn.functional as F


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.lstm = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.drop = nn.Dropout(p)
        self.decoder = nn.Linear(hidden_size, vocab_size)
        self.decoder.weight = self.embedding.weight
        self.state = None

    def forward(self, x):
        raw, (h, c) = self.lstm(self.embedding(x), self.state)
        if self.training: raw = raw + 0.01 * torch.randn_like(raw)
        self.state = (h.detach(), c.detach())
        dropped = self.drop(raw)
        return self.decoder(dropped), raw, dropped

    def reset(self):
        self.state = None
