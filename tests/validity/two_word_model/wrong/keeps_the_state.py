# two_word_model.not-repeatable
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.h = 0

    def forward(self, x):
        h = self.h if torch.is_tensor(self.h) and len(self.h) == len(x) else 0
        for i in range(2):
            h = torch.relu(self.hid(h + self.emb(x[:, i])))
        self.h = h.detach()
        return self.out(h)
