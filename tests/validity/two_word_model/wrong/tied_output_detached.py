# two_word_model.wrong-gradient
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)
        del self.out
        self.bias = nn.Parameter(torch.zeros(vocab_size))

    def forward(self, x):
        h = torch.tanh(self.hid(self.emb(x[:, 0])))
        h = torch.tanh(self.hid(h + self.emb(x[:, 1])))
        return h @ self.emb.weight.detach().t() + self.bias
