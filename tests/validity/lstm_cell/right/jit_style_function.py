import torch
from torch import nn


def lstm_step(x, h, c, w, b):
    z = torch.matmul(torch.cat((x, h), dim=1), w.t()) + b
    i, j, f, o = torch.split(z, z.size(1) // 4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(j)
    return torch.sigmoid(o) * torch.tanh(c), c


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.params = nn.ParameterDict(
            {
                "w": nn.Parameter(0.3 * torch.randn(4 * hidden_size, input_size + hidden_size)),
                "b": nn.Parameter(torch.zeros(4 * hidden_size)),
            }
        )

    def forward(self, input, state):
        h, c = lstm_step(input, *state, self.params["w"], self.params["b"])
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.inner = LSTMCell(input_size, hidden_size)

    def forward(self, *args):
        return self.inner(*args)
