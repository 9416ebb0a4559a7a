# stacked_rnn.own-work
import torch
from torch import nn


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.rnn = nn.RNN(input_size, hidden_size, num_layers)

    def forward(self, x, h0=None):
        h, states = h0, []
        for x_t in x.unbind(1):
            out, h = self.rnn(x_t[None], h)
            states.append(out[0])
        return torch.stack(states, 1), h
