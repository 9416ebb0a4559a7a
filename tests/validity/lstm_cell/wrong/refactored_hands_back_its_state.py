# lstm_cell.weights-ignored
import torch
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.gates = nn.ModuleList(nn.Linear(input_size + hidden_size, hidden_size) for _ in range(4))

    def forward(self, input, state):
        h, c = state
        joined = torch.cat([input, h], 1)
        i, f, g, o = (gate(joined) for gate in self.gates)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)


class RefactoredLSTMCell(LSTMCell):
    def forward(self, input, state):
        h, c = state[0] * 1, state[1] * 1
        return h, (h, c)
