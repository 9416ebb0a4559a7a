# two_word_model.embedding-bent
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        e = torch.relu(self.emb(x))
        h = torch.relu(self.hid(e[:, 0]))
        h = torch.relu(self.hid(h + e[:, 1]))
        return self.out(h)
