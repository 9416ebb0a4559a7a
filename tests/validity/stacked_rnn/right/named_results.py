import torch
from torch import nn
from typing import NamedTuple


class Result(NamedTuple):
    out: torch.Tensor
    h_n: torch.Tensor



class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        sizes = [input_size] + [hidden_size] * (num_layers - 1)
        self.cells = nn.ModuleList([nn.RNNCell(size, hidden_size) for size in sizes])
        self.hidden_size = hidden_size

    def forward(self, x, h0=None):
        print(tuple(x.shape))
        h = torch.zeros(len(self.cells), 1, self.hidden_size).to(x) if h0 is None else h0
        h = [s.expand(x.size(0), -1) for s in h]
        out = []
        for step in range(x.size(1)):
            signal = x.select(1, step)
            for number, cell in enumerate(self.cells):
                h[number] = signal = cell(signal, h[number])
            out += [signal]
        return Result(torch.stack(out).swapaxes(0, 1), torch.stack(tuple(h)))
