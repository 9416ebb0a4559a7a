import torch
from torch import nn
import torch.nn.functional as F


def step(x, h, W_x, W_h, b):
    return torch.tanh(x @ W_x.T + h @ W_h.T + b)


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        nn.Module.__init__(self)
        self.params = nn.ParameterDict()
        for l in range(num_layers):
            self.params[f"wx{l}"] = nn.Parameter(torch.empty(input_size if not l else hidden_size, hidden_size))
            self.params[f"wh{l}"] = nn.Parameter(torch.empty(hidden_size, hidden_size))
            self.params[f"b{l}"] = nn.Parameter(torch.empty(hidden_size))
        for q in self.params.values():
            nn.init.uniform_(q, -hidden_size ** -0.5, hidden_size ** -0.5)
        self.num_layers, self.hidden_size = num_layers, hidden_size
    @property
    def zero(self):
        return torch.zeros((), dtype=self.params["b0"].dtype)
    def run(self, seq, h, l):
        pre = seq @ self.params[f"wx{l}"] + self.params[f"b{l}"]
        for a in pre.transpose(0, 1):
            h = (a + h @ self.params[f"wh{l}"]).tanh()
            yield h
    def forward(self, x, h0=None):
        ends = []
        for l in range(self.num_layers):
            h = self.zero.expand(x.shape[0], self.hidden_size) if h0 is None else h0[l].clone()
            hs = list(self.run(x, h, l))
            x = torch.stack(hs, dim=1)
            ends.append(x[:, -1])
        return x, torch.stack(ends, dim=0)
