import math

import torch


class LSTMCell(torch.nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        k = 1 / math.sqrt(hidden_size)
        for gate in ("i", "f", "o", "g"):
            for name, rows in (("x", input_size), ("h", hidden_size)):
                weight = torch.empty(rows, hidden_size).uniform_(-k, k)
                self.register_parameter(f"w_{name}{gate}", torch.nn.Parameter(weight))
            self.register_parameter(f"b_{gate}", torch.nn.Parameter(torch.zeros(1, hidden_size)))

    def forward(self, input, state):
        h, c = state

        def z(gate):
            w_x, w_h = getattr(self, f"w_x{gate}"), getattr(self, f"w_h{gate}")
            return input @ w_x + h @ w_h + getattr(self, f"b_{gate}")

        i, f, o = map(torch.sigmoid, map(z, "ifo"))
        memory = f * c + i * torch.tanh(z("g"))
        shown = o * torch.tanh(memory)
        return shown, (shown, memory)


class RefactoredLSTMCell(torch.nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.U = torch.nn.Parameter(torch.randn(input_size, 4 * hidden_size) * 0.1)
        self.W = torch.nn.Parameter(torch.randn(hidden_size, 4 * hidden_size) * 0.1)
        self.b = torch.nn.Parameter(torch.zeros(4 * hidden_size))

    def forward(self, input, state):
        h, c = state
        z = torch.addmm(self.b, input, self.U) + torch.mm(h, self.W)
        n = h.size(1)
        i, f, o = z[:, : 3 * n].sigmoid().tensor_split(3, dim=1)
        c = f * c + i * z[:, 3 * n :].tanh()
        h = o * c.tanh()
        return h, (h, c)
