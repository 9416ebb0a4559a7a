from collections import namedtuple

import torch
from torch import nn

LSTMState = namedtuple("LSTMState", "h c")


class Gate(nn.Sequential):
    def __init__(self, n_in, n_out, squash):
        super().__init__(nn.Linear(n_in, n_out), squash)


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        n = input_size + hidden_size
        self.input_gate = Gate(n, hidden_size, nn.Sigmoid())
        self.forget_gate = Gate(n, hidden_size, nn.Sigmoid())
        self.output_gate = Gate(n, hidden_size, nn.Sigmoid())
        self.candidate = Gate(n, hidden_size, nn.Tanh())
        nn.init.constant_(self.forget_gate[0].bias, 1.0)  # remember at the start
        nn.init.zeros_(self.candidate[0].weight)

    def forward(self, input, state):
        joined = torch.concat(tuple(state[:1]) + (input,), dim=-1)
        c = self.forget_gate(joined) * state[1] + self.input_gate(joined) * self.candidate(joined)
        h = self.output_gate(joined) * c.tanh()
        return h, LSTMState(h, c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.ih = nn.Linear(input_size, 4 * hidden_size)
        self.hh = nn.Linear(hidden_size, 4 * hidden_size)
        with torch.no_grad():
            self.hh.bias.zero_()
            self.ih.bias.zero_()[hidden_size : 2 * hidden_size] = 1

    def forward(self, input, state):
        i, f, g, o = torch.chunk(self.ih(input) + self.hh(state[0]), 4, -1)
        c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, LSTMState(h=h, c=c)
