import torch
from torch import nn
import torch.nn.functional as F


def gate(layer, h, x):
    return torch.sigmoid(layer(torch.cat([h, x], dim=1)))


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        n = input_size + hidden_size
        self.wi = nn.Linear(n, hidden_size)
        self.wf = nn.Linear(n, hidden_size)
        self.wg = nn.Linear(n, hidden_size)
        self.wo = nn.Linear(n, hidden_size)

    def forward(self, input, state):
        h, c = state
        z = torch.cat([h, input], dim=1)
        i = torch.sigmoid(self.wi(z))
        f = torch.sigmoid(self.wf(z))
        g = torch.tanh(self.wg(z))
        o = torch.sigmoid(self.wo(z))
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)

class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W = nn.Parameter(torch.randn(4, input_size + hidden_size, hidden_size) * 0.1)
        self.b = nn.Parameter(torch.zeros(4, 1, hidden_size))
    def forward(self, input, state):
        h, c = state
        z = torch.baddbmm(self.b, torch.cat([input, h], 1).expand(4, -1, -1), self.W)
        f, i, o = z[:3].sigmoid()
        c = f * c + i * z[3].tanh()
        h = o * c.tanh()
        return h, (h, c)
