import torch
from torch import nn
import torch.nn.functional as F


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.i_h = nn.Embedding(vocab_size, hidden_size)
        self.h_h = nn.Linear(hidden_size, hidden_size, bias=False)
        self.h_o = nn.Linear(hidden_size, vocab_size)
        self._state = ()
        def step(h, e): return F.relu(self.h_h(h + e))
        self._step = step
    def forward(self, x):
        h, = self._state or (torch.zeros(x.size(0), self.h_h.in_features),)
        states = []
        for e in self.i_h(x).transpose(0, 1):
            h = self._step(h, e); states.append(h)
        self._state = (h.detach(),)
        return self.h_o(torch.stack(states).transpose(0, 1))
    def reset(self): self._state = ()
