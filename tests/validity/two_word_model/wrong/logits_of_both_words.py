# two_word_model.wrong-shape
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        h, outs = 0, []
        for i in range(2):
            h = torch.relu(self.hid(h + self.emb(x[:, i])))
            outs.append(self.out(h))
        return torch.stack(outs)
