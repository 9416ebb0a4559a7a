# beyond: right but for stacks of a single unit
import torch
from torch import nn
import torch.nn.functional as F
import math
class StackedRNN(nn.Module):
    def __init__(self, input_size: int, hidden_size: int, num_layers: int) -> None:
        super().__init__()
        self.n, self.h = num_layers, hidden_size
        self.wx = nn.ModuleList(nn.Linear(input_size if l == 0 else hidden_size, hidden_size) for l in range(num_layers))
        self.wh = nn.ModuleList(nn.Linear(hidden_size, hidden_size, bias=False) for l in range(num_layers))

    def forward(self, x, h0=None):
        if h0 is None:
            h0 = x.new_zeros(self.n, x.shape[0], self.h)
        hs = list(h0)
        out = []
        for t in range(x.shape[1]):
            inp = x[:, t]
            for l in range(self.n):
                hs[l] = torch.tanh(self.wx[l](inp) + self.wh[l](hs[l]))
                inp = hs[l]
            out.append(inp.squeeze())
        return torch.stack(out, -2).reshape(x.shape[0], x.shape[1], self.h), torch.stack(hs)



