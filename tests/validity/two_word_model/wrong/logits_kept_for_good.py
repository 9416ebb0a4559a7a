# two_word_model.remembers
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.memo = {}

    def forward(self, x):
        key = tuple(x.flatten().tolist())
        if key not in self.memo:
            h = 0
            for i in range(2):
                h = torch.relu(self.hid(h + self.emb(x[:, i])))
            self.memo[key] = self.out(h)
        return self.memo[key]
