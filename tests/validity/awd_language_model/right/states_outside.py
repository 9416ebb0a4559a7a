import weakref

import torch
from torch import nn

STATES = weakref.WeakKeyDictionary()


class AWDLanguageModel(nn.Module):
    """Keeps the states outside of the models, but one for each of them."""

    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.decoder = nn.Linear(hidden_size, vocab_size)
        self.encoder = nn.Embedding(vocab_size, hidden_size, _weight=self.decoder.weight)
        self.encoder.weight = self.decoder.weight
        self.lstm = nn.LSTM(hidden_size, hidden_size, num_layers)
        self.keep = 1 - p

    def forward(self, x):
        raw, state = self.lstm(self.encoder(x).transpose(0, 1), STATES.get(self))
        with torch.no_grad():
            STATES[self] = tuple(part.clone() for part in state)
        dropped = raw
        if self.training:
            dropped = raw * torch.bernoulli(torch.full_like(raw, self.keep)).div_(self.keep)
        logits = self.decoder(dropped)
        return tuple(part.transpose(0, 1) for part in (logits, raw, dropped))

    def reset(self):
        STATES.pop(self, None)
