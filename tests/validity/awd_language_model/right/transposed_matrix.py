import torch
from torch import nn


class AWDLanguageModel(nn.Module):
    """E is stored [H, V], and looked up by column."""

    def __init__(self, vocab_size: int, hidden_size: int, num_layers: int, p: float):
        super().__init__()
        self.matrix = nn.Parameter(torch.empty(hidden_size, vocab_size).normal_(0, 0.1))
        self.bias = nn.Parameter(torch.zeros(vocab_size, 1))
        self.lstm = nn.LSTM(hidden_size, hidden_size, num_layers=num_layers, batch_first=True)
        self.drop = nn.Dropout(p)
        self.h = self.c = None

    def forward(self, x):
        start = () if self.h is None else ((self.h, self.c),)
        raw, (self.h, self.c) = self.lstm(self.matrix.t()[x], *start)
        self.h, self.c = self.h.detach(), self.c.detach()
        dropped = self.drop(raw)
        return dropped @ self.matrix + self.bias.flatten(), raw, dropped

    def reset(self):
        self.h = self.c = None
