# two_word_model.wrong-gradient
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.e = nn.Embedding(vocab_size, hidden_size, padding_idx=2)
        self.w = nn.Linear(hidden_size, hidden_size)
        self.o = nn.Linear(hidden_size, vocab_size)
        self.o.weight = self.e.weight

    def forward(self, x):
        h = 0
        for word in x.unbind(1):
            h = torch.relu(self.w(h + self.e(word)))
        return self.o(h)
