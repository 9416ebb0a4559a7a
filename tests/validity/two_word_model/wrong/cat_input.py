# two_word_model.hidden-matrices
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(2 * hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        h = torch.zeros(len(x), self.hid.out_features, dtype=self.hid.weight.dtype)
        for i in range(2):
            h = torch.relu(self.hid(torch.cat([h, self.emb(x[:, i])], dim=1)))
        return self.out(h)
