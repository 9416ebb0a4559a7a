import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        h = torch.zeros(x.shape[0], self.hid.in_features)
        for word in x.t():
            h = torch.tanh(self.hid(h + self.emb(word)))
        return self.out(h)
