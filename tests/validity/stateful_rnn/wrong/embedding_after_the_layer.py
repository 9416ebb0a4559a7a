# stateful_rnn.other-step
import torch
from torch import nn


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.hidden = nn.Linear(hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocab_size)
        self.h = 0

    def forward(self, x):
        h, states = self.h, []
        for e in self.embedding(x).unbind(dim=1):
            h = torch.relu(self.hidden(e)) + h
            states.append(h)
        self.h = h.detach()
        return self.output(torch.stack(states, dim=1))

    def reset(self):
        self.h = 0
