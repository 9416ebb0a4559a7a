# two_word_model.input-changed
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.e = nn.Embedding(vocab_size, hidden_size)
        self.w = nn.Linear(hidden_size, hidden_size)
        self.o = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        h = 0
        for word in x.t_():
            h = torch.relu(self.w(h + self.e(word)))
        return self.o(h)
