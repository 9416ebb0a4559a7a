import torch
from torch import nn
import torch.nn.functional as F


def sigmoid(z):
    """exp never sees a large positive number."""
    e = torch.exp(-z.abs())
    return torch.where(z >= 0, 1 / (1 + e), e / (1 + e))




class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.n = input_size
        self.layers = nn.ModuleDict()
        for gate in ["forget", "input", "cell", "output"]:
            self.layers[gate] = nn.Linear(input_size + hidden_size, hidden_size)

    def forward(self, input, state):
        hx, cx = state
        both = torch.concatenate([input, hx], axis=1)
        pre = {name: layer(both) for name, layer in self.layers.items()}
        cy = cx * sigmoid(pre["forget"])
        cy = cy + sigmoid(pre["input"]) * torch.tanh(pre["cell"])
        hy = sigmoid(pre["output"]) * torch.tanh(cy)
        return (hy, (hy, cy))


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.register_parameter("w", nn.Parameter(torch.rand(4 * hidden_size, input_size) - 0.5))
        self.register_parameter("u", nn.Parameter(torch.rand(4 * hidden_size, hidden_size) - 0.5))
        self.register_parameter("b", nn.Parameter(torch.zeros(4 * hidden_size)))

    def forward(self, input, state):
        hx, cx = state
        pre = F.linear(input, self.w) + F.linear(hx, self.u, self.b)
        n = cx.shape[1]
        squashed = sigmoid(pre[:, n:])
        cy = cx * squashed[:, :n] + squashed[:, n : 2 * n] * torch.tanh(pre[:, :n])
        hy = squashed[:, 2 * n :] * torch.tanh(cy)
        return (hy, (hy, cy))
