# two_word_model.linear-first-step
import torch
from torch import nn
import torch.nn.functional as F


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hidden = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        h = self.hidden(self.emb(x[:, 0]))
        F.relu(h)
        h = h + self.emb(x[:, 1])
        h = F.relu(self.hidden(h))
        return self.out(h)
