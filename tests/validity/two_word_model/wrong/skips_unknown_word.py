# two_word_model.special-word
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.out.weight = self.emb.weight

    def forward(self, x):
        known = (x != 0).unsqueeze(2)
        e = self.emb(x) * known + (self.emb(x) * ~known).detach() * 0
        h = torch.relu(self.hid(e[:, 0]))
        h = torch.relu(self.hid(h + e[:, 1]))
        return self.out(h)
