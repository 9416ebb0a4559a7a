# stateful_rnn.other-step
import torch
from torch import nn
import torch.nn.functional as F
import math
class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.i2h = nn.Linear(1, hidden_size); self.hh = nn.Linear(hidden_size, hidden_size); self.o = nn.Linear(hidden_size, vocab_size)
        self.reset()
    def reset(self):
        self.h = None
    def forward(self, x):
        h = torch.zeros(x.shape[0], self.hh.in_features) if self.h is None else self.h
        out = []
        for t in range(x.shape[1]):
            h = torch.tanh(self.i2h(x[:, t:t+1].float()) + self.hh(h))
            out.append(self.o(h))
        self.h = h.detach()
        return torch.stack(out, 1)
