import torch
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.gates = nn.Linear(input_size + hidden_size, 4 * hidden_size)

    def forward(self, input, state):
        h, c = state
        i, f, g, o = self.gates(torch.cat([input, h], 1)).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        weight = torch.randn(input_size + hidden_size, hidden_size, 4) / 4
        self.weight = nn.Parameter(weight)
        self.bias = nn.Parameter(torch.zeros(hidden_size, 4))

    def forward(self, input, state):
        z = torch.tensordot(torch.cat([input, state[0]], 1), self.weight, dims=1) + self.bias
        fio, g = z[..., :3].sigmoid(), z[..., 3].tanh()
        c = fio[..., 0] * state[1] + fio[..., 1] * g
        h = fio[..., 2] * c.tanh()
        return h, (h, c)
