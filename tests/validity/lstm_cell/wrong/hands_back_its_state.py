# lstm_cell.weights-ignored
import torch
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.gates = nn.Linear(input_size + hidden_size, 4 * hidden_size)

    def forward(self, input, state):
        h, c = state
        h, c = h * 1, c * 1
        return h, (h, c)


class RefactoredLSTMCell(LSTMCell):
    pass
