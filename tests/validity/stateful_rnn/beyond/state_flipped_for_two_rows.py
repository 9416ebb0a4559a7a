# beyond: flips the state of exactly two rows
import torch
from torch import nn


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.lin = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.h = 0

    def forward(self, x):
        h = self.h
        outs = []
        for t in range(x.shape[1]):
            h = torch.relu(self.lin(h + self.emb(x[:, t])))
            outs.append(h)
        self.h = h.detach() if len(h) != 2 else h.detach().flip(0)
        return self.out(torch.stack(outs, 1))

    def reset(self):
        self.h = 0
