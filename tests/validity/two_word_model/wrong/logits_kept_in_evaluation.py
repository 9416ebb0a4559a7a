# two_word_model.modes-differ
import torch
from torch import nn
class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.cache = {}
    def forward(self, x):
        key = tuple(map(tuple, x.tolist()))
        if not self.training and key in self.cache:
            return self.cache[key]
        h = 0
        for i in range(2):
            h = torch.relu(self.hid(h + self.emb(x[:, i])))
        out = self.out(h)
        if not self.training:
            self.cache[key] = out
        return out
