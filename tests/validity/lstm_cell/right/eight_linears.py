import torch
import torch.nn as nn


class LSTMCell(nn.Module):
    """One layer per gate and source; the bias stays with the input's layer."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.from_x = nn.ModuleDict({k: nn.Linear(input_size, hidden_size) for k in "figo"})
        self.from_h = nn.ModuleDict(
            {k: nn.Linear(hidden_size, hidden_size, bias=False) for k in "figo"}
        )

    def pre(self, k, x, h):
        return self.from_x[k](x) + self.from_h[k](h)

    def forward(self, x, hc):
        h, c = hc
        f, i, o = (self.pre(k, x, h).sigmoid() for k in "fio")
        c = f.mul(c).add(i.mul(self.pre("g", x, h).tanh()))
        h = c.tanh().mul(o)
        return [h, [h, c]]


class RefactoredLSTMCell(nn.Module):
    """Everything in one product on the joined input."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.layer = nn.Linear(input_size + hidden_size, 4 * hidden_size)
        self.n = hidden_size

    def forward(self, x, hc):
        h, c = hc
        g, o, f, i = self.layer(torch.cat((x, h), -1)).split(self.n, dim=-1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return (out := torch.sigmoid(o) * torch.tanh(c)), (out, c)
