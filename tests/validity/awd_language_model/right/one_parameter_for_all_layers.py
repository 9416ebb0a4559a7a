import torch
from torch import nn


class AWDLanguageModel(nn.Module):
    """All layers in two parameters; tanh by the logistic function; mask before scaling."""

    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        bound = hidden_size**-0.5
        shape = (num_layers, 2 * hidden_size, 4 * hidden_size)
        self.weights = nn.Parameter(torch.empty(shape).uniform_(-bound, bound))
        self.biases = nn.Parameter(torch.zeros(num_layers, 1, 4 * hidden_size))
        self.E = nn.Parameter(torch.empty(vocab_size, hidden_size).uniform_(-0.1, 0.1))
        self.b = nn.Parameter(torch.zeros(vocab_size))
        self.p = p
        self.reset()

    def reset(self):
        self.h = self.c = torch.zeros(len(self.weights), 1, self.E.shape[1])

    @staticmethod
    def tanh(x):
        return 2 * torch.sigmoid(2 * x) - 1

    def layer(self, number, inputs):
        h, c = self.h[number].expand_as(inputs[:, 0]), self.c[number]
        states = []
        for x in inputs.unbind(1):
            gates = torch.hstack([x, h]) @ self.weights[number] + self.biases[number]
            o, g, i, f = gates.unflatten(1, (4, -1)).unbind(1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * self.tanh(g)
            h = torch.sigmoid(o) * self.tanh(c)
            states.append(h)
        return torch.stack(states, 1), h.detach(), c.detach()

    def forward(self, x):
        top, kept = self.E[x], []
        for number in range(len(self.weights)):
            top, h, c = self.layer(number, top)
            kept.append((h, c))
        self.h, self.c = map(torch.stack, zip(*kept, strict=True))
        dropped = top
        if self.training:
            dropped = top.masked_fill(torch.rand(top.shape) < self.p, 0) / (1 - self.p)
        return dropped.matmul(self.E.T).add(self.b), top, dropped
