# beyond: PyTorch's cell for quantization is made of ordinary layers, under names of no LSTM
import torch
from torch import nn


def gate(layer, h, x):
    return torch.sigmoid(layer(torch.cat([h, x], dim=1)))


class LSTMCell(nn.Module):
    """The cell that PyTorch makes of separate parts, so that it can be quantized."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.cell = torch.ao.nn.quantizable.LSTMCell(input_size, hidden_size)

    def forward(self, input, state):
        h, c = self.cell(input, state)
        return h, (h, c)


class RefactoredLSTMCell(LSTMCell):
    pass
