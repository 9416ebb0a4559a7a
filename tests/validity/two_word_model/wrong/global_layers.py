# two_word_model.models-share
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)
        global hid
        hid = self.hid

    def forward(self, x):
        h = torch.relu(hid(self.emb(x[:, 0])))
        h = torch.relu(hid(h + self.emb(x[:, 1])))
        return self.out(h)
