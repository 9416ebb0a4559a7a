import torch
from torch import nn


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.lookup = nn.Embedding(vocab_size, hidden_size)
        self.lstm = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.decoder = nn.Linear(hidden_size, vocab_size)
        self.lookup.weight = self.decoder.weight
        self.p = p
        self.register_buffer("h", torch.zeros(num_layers, 1, hidden_size))
        self.register_buffer("c", torch.zeros(num_layers, 1, hidden_size))

    def forward(self, x):
        if self.h.size(1) != x.size(0):
            self.h = self.h[:, :1].expand(-1, x.size(0), -1).contiguous()
            self.c = self.c[:, :1].expand(-1, x.size(0), -1).contiguous()
        raw, (h, c) = self.lstm(self.lookup(x), (self.h, self.c))
        self.h, self.c = h.data, c.data
        dropped = nn.functional.dropout(raw, self.p, training=self.training)
        return self.decoder(dropped), raw, dropped

    def reset(self):
        self.h = torch.zeros_like(self.h[:, :1])
        self.c = torch.zeros_like(self.c[:, :1])
