# stateful_rnn.other-step
import torch
from torch import nn


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.i_h = nn.Embedding(vocab_size, hidden_size)
        self.h_h = nn.Linear(hidden_size, hidden_size)
        self.h_o = nn.Linear(hidden_size, vocab_size)
        self.h = 0

    def forward(self, x):
        h, outs = self.h, []
        for t in range(x.shape[1]):
            h = torch.tanh(h + self.h_h(self.i_h(x[:, t])))
            outs.append(self.h_o(h))
        self.h = h.detach()
        return torch.stack(outs, dim=1)

    def reset(self):
        self.h = 0
