# stateful_rnn.not-reset
import torch
from torch import nn


class StatefulRNN(nn.Module):
    """Starts anew when the batch size changes; reset() only marks something that nobody reads."""

    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.layer = nn.Linear(hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocab_size)
        self.h = None

    def forward(self, x):
        if self.h is None or self.h.shape[0] != x.shape[0]:
            self.h = torch.zeros(x.shape[0], self.layer.in_features)
        h, states = self.h, []
        for t in range(x.shape[1]):
            h = torch.relu(self.layer(h + self.embedding(x[:, t])))
            states.append(h)
        self.h = h.detach()
        return self.output(torch.stack(states, dim=1))

    def reset(self):
        h = None
