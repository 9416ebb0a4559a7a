# stacked_rnn.call-differs
import torch
from torch import nn
import torch.nn.functional as F
import math
class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.H, self.L = hidden_size, num_layers
        self.ih = nn.ModuleList(nn.Linear(hidden_size if l else input_size, hidden_size) for l in range(num_layers))
        self.hh = nn.ModuleList(nn.Linear(hidden_size, hidden_size) for _ in range(num_layers))
    def forward(self, x, h0=None):
        if not self.training and not hasattr(self, 'cache'): self.cache = [l.weight.detach().clone() for l in self.hh]
        if self.training and hasattr(self, 'cache'): pass
        B, T, _ = x.shape
        if h0 is None:
            h0 = torch.zeros(self.L, B, self.H, dtype=x.dtype)
        hs = list(h0)
        out = []
        for t in range(T):
            inp = x[:, t]
            for l in range(self.L):
                hs[l] = torch.tanh(self.ih[l](inp) + (self.hh[l](hs[l]) if self.training else F.linear(hs[l], self.cache[l].to(x.dtype), self.hh[l].bias)))
                inp = hs[l]
            out.append(inp)
        return torch.stack(out, 1), torch.stack(hs)
