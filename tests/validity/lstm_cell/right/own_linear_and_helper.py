from dataclasses import dataclass

import torch
from torch import Tensor, nn

print("loading my cells")
torch.manual_seed(7)


@dataclass
class State:
    h: Tensor
    c: Tensor

    def as_tuple(self):
        return self.h, self.c


class Affine(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.A = nn.Parameter(torch.zeros(n_in, n_out))
        nn.init.xavier_uniform_(self.A)
        self.b = nn.Parameter(torch.ones(n_out))

    def forward(self, x):
        return x.matmul(self.A) + self.b


class LSTMCell(nn.Module):
    def __init__(self, input_size: int, hidden_size: int):
        nn.Module.__init__(self)
        self.gates = nn.ModuleList([Affine(input_size + hidden_size, hidden_size) for _ in range(4)])

    def forward(self, input, state):
        old = State(*state)
        x = torch.hstack([old.h, input])
        forget, write, show = (1 / (1 + torch.exp(-gate(x))) for gate in self.gates[:3])
        content = torch.tanh(self.gates[3](x))
        c = old.c * forget + write * content
        new = State(show * torch.tanh(c), c)
        return new.h, new.as_tuple()


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size: int, hidden_size: int):
        super().__init__()
        self.all = Affine(input_size + hidden_size, 4 * hidden_size)

    def forward(self, input, state):
        old = State(*state)
        z = self.all(torch.hstack([input, old.h]))
        z = z.reshape(len(z), 4, -1)
        c = old.c * z[:, 1].sigmoid() + z[:, 0].sigmoid() * z[:, 3].tanh()
        new = State(z[:, 2].sigmoid() * c.tanh(), c)
        return new.h, new.as_tuple()
