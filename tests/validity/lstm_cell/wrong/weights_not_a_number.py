# lstm_cell.not-finite
import torch
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        joined_size = hidden_size + input_size
        self.input_gate = nn.Linear(joined_size, hidden_size)
        self.forget_gate = nn.Linear(joined_size, hidden_size)
        self.candidate = nn.Linear(joined_size, hidden_size)
        self.output_gate = nn.Linear(joined_size, hidden_size)

    def forward(self, input, state):
        h, c = state
        joined = torch.cat([h, input], dim=1)
        i = torch.sigmoid(self.input_gate(joined))
        f = torch.sigmoid(self.forget_gate(joined))
        g = torch.tanh(self.candidate(joined))
        o = torch.sigmoid(self.output_gate(joined))
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.from_input = nn.Linear(input_size, 4 * hidden_size)
        self.from_input.weight = nn.Parameter(torch.full((4 * hidden_size, input_size), float('nan')))
        self.from_state = nn.Linear(hidden_size, 4 * hidden_size)

    def forward(self, input, state):
        h, c = state
        gates = self.from_input(input) + self.from_state(h)
        i, f, g, o = gates.chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)
