# two_word_model.hidden-matrices
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.GRUCell(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        h = None
        for i in range(2):
            h = self.hid(self.emb(x[:, i]), h)
        return self.out(h)
