import torch
from torch import nn


class StackedRNN(nn.Module):
    """Matrices stored inputs by outputs, registered by name; einsum; time first inside."""

    def __init__(self, input_size: int, hidden_size: int, num_layers: int) -> None:
        super().__init__()
        self.L, self.H = num_layers, hidden_size
        for l in range(num_layers):
            n = input_size if l == 0 else hidden_size
            self.register_parameter(f"U{l}", nn.Parameter(torch.randn(n, hidden_size) / n**0.5))
            W = torch.empty(hidden_size, hidden_size)
            nn.init.orthogonal_(W)
            self.register_parameter(f"W{l}", nn.Parameter(W))
            self.register_parameter(f"b{l}", nn.Parameter(torch.zeros(hidden_size)))
        self.register_buffer("zero", torch.zeros(1, 1, hidden_size))

    def weights(self, l):
        return (getattr(self, f"{name}{l}") for name in "UWb")

    def forward(self, x, h0=None):
        states = self.zero.repeat(self.L, x.shape[0], 1) if h0 is None else h0.clone()
        outputs = []
        for x_t in x.transpose(0, 1):
            new = []
            for l in range(self.L):
                U, W, b = self.weights(l)
                pre = torch.einsum("bi,io->bo", x_t, U) + torch.einsum("bi,io->bo", states[l], W)
                x_t = torch.tanh(pre + b)
                new.append(x_t)
            states = torch.stack(new)
            outputs.append(states[-1])
        return torch.stack(outputs).transpose(0, 1), states
