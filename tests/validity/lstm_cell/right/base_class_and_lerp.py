import torch
from torch import nn
import torch.nn.functional as F


def gate(layer, h, x):
    return torch.sigmoid(layer(torch.cat([h, x], dim=1)))


class Base(nn.Module):
    def combine(self, i, f, g, o, c):
        c = torch.lerp(torch.zeros_like(c), c, f) + i * g
        h = o * c.tanh()
        return h, (h, c)
class LSTMCell(Base):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(input_size, hidden_size) for _ in range(4)] + [nn.Linear(hidden_size, hidden_size, bias=False) for _ in range(4)])
    def forward(self, input, state):
        h, c = state
        a = [lx(input) + lh(h) for lx, lh in zip(self.layers[:4], self.layers[4:])]
        return self.combine(F.sigmoid(a[0]), F.sigmoid(a[1]), F.tanh(a[2]), F.sigmoid(a[3]), c)

class RefactoredLSTMCell(Base):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.w_ih = nn.Parameter(torch.randn(4 * hidden_size, input_size))
        self.w_hh = nn.Parameter(torch.randn(4 * hidden_size, hidden_size))
        self.b_ih = nn.Parameter(torch.zeros(4 * hidden_size))
        self.b_hh = nn.Parameter(torch.zeros(4 * hidden_size))
    def forward(self, input, state):
        h, c = state
        z = torch.addmm(self.b_ih, input, self.w_ih.t())
        z = torch.addmm(z, h, self.w_hh.t()) + self.b_hh
        q = z.unflatten(1, (4, -1))
        i, f, o = torch.sigmoid(q[:, :3]).unbind(1)
        return self.combine(i, f, torch.tanh(q[:, 3]), o, c)
