import torch
from torch import nn
import torch.nn.functional as F
class State:
    __slots__ = ("value",)
    def __init__(self): self.value = None
    def get(self, like): return torch.zeros_like(like) if self.value is None else self.value
    def keep(self, h): self.value = h.data
    def clear(self): self.value = None
class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        nn.Module.__init__(self)
        self.memory = State()
        self.layers = nn.ModuleDict(dict(i_h=nn.Embedding(vocab_size, hidden_size), h_h=nn.Linear(hidden_size, hidden_size), h_o=nn.Linear(hidden_size, vocab_size)))
    def reset(self): self.memory.clear()
    def forward(self, x):
        L = self.layers
        e = L["i_h"](x)
        h = self.memory.get(e[:, 0])
        outs = []
        for i in range(x.shape[1]):
            h = h + e[:, i]
            h = F.relu(L["h_h"](h))
            outs.append(L["h_o"](h))
        self.memory.keep(h)
        return torch.stack(outs, dim=1)
