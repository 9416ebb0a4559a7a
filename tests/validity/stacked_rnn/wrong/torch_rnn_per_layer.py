# stacked_rnn.own-work
import torch
from torch import nn


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        sizes = [input_size] + [hidden_size] * (num_layers - 1)
        self.rnns = nn.ModuleList([nn.RNN(n, hidden_size, batch_first=True) for n in sizes])

    def forward(self, x, h0=None):
        last = []
        for number, rnn in enumerate(self.rnns):
            x, h = rnn(x, None if h0 is None else h0[number : number + 1].contiguous())
            last.append(h)
        return x, torch.cat(last)
