# lstm_cell.input-changed
import torch
from torch import nn
import torch.nn.functional as F
class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        n = input_size + hidden_size
        self.i = nn.Linear(n, hidden_size); self.f = nn.Linear(n, hidden_size)
        self.g = nn.Linear(n, hidden_size); self.o = nn.Linear(n, hidden_size)
    def forward(self, input, state):
        h, c = state; input.requires_grad_()
        z = torch.cat([h, input], dim=1)
        i = torch.sigmoid(self.i(z))
        f = torch.sigmoid(self.f(z))
        g = torch.tanh(self.g(z))
        o = torch.sigmoid(self.o(z))
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)
class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.ih = nn.Linear(input_size, 4 * hidden_size)
        self.hh = nn.Linear(hidden_size, 4 * hidden_size)
    def forward(self, input, state):
        h, c = state
        z = self.ih(input) + self.hh(h)
        i, f, g, o = z.chunk(4, dim=1)
        i, f, o = torch.sigmoid(i), torch.sigmoid(f), torch.sigmoid(o)
        g = torch.tanh(g)
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)

