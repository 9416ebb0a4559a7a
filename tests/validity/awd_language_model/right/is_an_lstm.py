import torch
from torch import nn


class AWDLanguageModel(nn.LSTM):
    """Is an nn.LSTM, and cuts the history in place, at the start of the next call."""

    kept = None

    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__(hidden_size, hidden_size, num_layers, batch_first=True)
        self.decoder = nn.Linear(hidden_size, vocab_size)
        self.p = p

    def forward(self, x):
        if self.kept is not None:
            for part in self.kept:
                part.detach_()
        raw, self.kept = super().forward(nn.functional.embedding(x, self.decoder.weight), self.kept)
        dropped = nn.functional.dropout(raw, self.p, self.training)
        return self.decoder(dropped), raw, dropped

    @torch.no_grad()
    def reset(self):
        self.kept = None
