# stateful_rnn.parameters-shared
import torch
from torch import nn


tables = {}


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        sizes = vocab_size, hidden_size
        self.emb = tables.setdefault(sizes, nn.Embedding(*sizes))
        self.lin = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.h = 0

    def forward(self, x):
        h = self.h
        outs = []
        for t in range(x.shape[1]):
            h = torch.relu(self.lin(h + self.emb(x[:, t])))
            outs.append(h)
        self.h = h.detach()
        return self.out(torch.stack(outs, 1))

    def reset(self):
        self.h = 0
