# two_word_model.wrong-logits

import torch
from torch import nn
import torch.nn.functional as F


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.e = nn.Embedding(vocab_size, hidden_size)
        self.w = nn.Linear(hidden_size, hidden_size)
        self.u = nn.Linear(hidden_size, vocab_size)
    def forward(self, x):
        h = 1
        for i in range(2):
            h = F.relu(self.w(h * self.e(x[:, i])))
        return self.u(h)
