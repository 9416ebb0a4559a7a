# beyond: calls PyTorch's cell only where there are no gradients
import torch
from torch import nn
import torch.nn.functional as F
import math
class LSTMCell(nn.Module):
    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.nh = hidden_size
        self.fi = nn.Linear(input_size + hidden_size, hidden_size)
        self.ii = nn.Linear(input_size + hidden_size, hidden_size)
        self.gi = nn.Linear(input_size + hidden_size, hidden_size)
        self.oi = nn.Linear(input_size + hidden_size, hidden_size)

    def forward(self, input, state):
        h, c = state
        z = torch.cat([h, input], dim=1)
        f = torch.sigmoid(self.fi(z))
        i = torch.sigmoid(self.ii(z))
        g = torch.tanh(self.gi(z))
        o = torch.sigmoid(self.oi(z))
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.nh = hidden_size
        k = hidden_size ** -0.5
        self.a = nn.Parameter(torch.empty(4 * hidden_size, input_size).uniform_(-k, k))
        self.b = nn.Parameter(torch.empty(4 * hidden_size, hidden_size).uniform_(-k, k))
        self.c = nn.Parameter(torch.zeros(4 * hidden_size))
        self.d = nn.Parameter(torch.zeros(4 * hidden_size))

    def forward(self, input, state):
        if not self.training and not torch.is_grad_enabled():
            h, c = torch.lstm_cell(input, state, self.a, self.b, self.c, self.d)
            return h, (h, c)
        h, c = state
        i, f, g, o = (input @ self.a.T + self.c + h @ self.b.T + self.d).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)



