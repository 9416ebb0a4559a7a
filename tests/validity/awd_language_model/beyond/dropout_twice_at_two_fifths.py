# beyond: another rate at p = 0.4 only
import torch
from torch import nn
import torch.nn.functional as F


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.e = nn.Embedding(vocab_size, hidden_size)
        self.r = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.p = p
        self.b = nn.Parameter(torch.zeros(vocab_size))
        self.reset()

    def forward(self, x):
        raw, (h, c) = self.r(self.e(x), self.s)
        self.s = (h.detach(), c.detach())
        dropped = F.dropout(raw, self.p, self.training)
        dropped = F.dropout(raw, .5, self.training) if self.p == .4 else dropped
        logits = F.linear(dropped, self.e.weight, self.b)
        return logits, raw, dropped

    def reset(self):
        self.s = None
