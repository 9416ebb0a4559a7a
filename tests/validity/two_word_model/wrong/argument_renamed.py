# two_word_model.raises
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, n_vocab, n_hidden):
        super().__init__()
        self.emb = nn.Embedding(n_vocab, n_hidden)
        self.hid = nn.Linear(n_hidden, n_hidden)
        self.out = nn.Linear(n_hidden, n_vocab)

    def forward(self, x):
        h = torch.relu(self.hid(self.emb(x[:, 0])))
        h = torch.relu(self.hid(h + self.emb(x[:, 1])))
        return self.out(h)
