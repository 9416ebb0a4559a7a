# two_word_model.not-repeatable
import torch
from torch import nn
from torch.nn import functional as F


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.e = nn.Embedding(vocab_size, hidden_size)
        self.w = nn.Linear(hidden_size, hidden_size)
        self.o = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        h = 0
        for word in x.unbind(1):
            h = (lambda z: F.rrelu(z, training=self.training))(self.w(h + self.e(word)))
        return self.o(h)
