# stacked_rnn.wrong-dtype
import torch
import torch.nn.functional as F
from torch import nn


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.Wx = nn.ModuleList()
        self.Wh = nn.ModuleList()
        for l in range(num_layers):
            self.Wx.append(nn.Linear(input_size if l == 0 else hidden_size, hidden_size))
            self.Wh.append(nn.Linear(hidden_size, hidden_size, bias=False))

    def forward(self, x, h0=None):
        B, T, _ = x.shape
        if h0 is None:
            h0 = torch.zeros(self.num_layers, B, self.hidden_size, dtype=x.dtype, device=x.device)
        h = [h0[l] for l in range(self.num_layers)]
        out = []
        for t in range(T):
            inp = x[:, t]
            for l in range(self.num_layers):
                h[l] = torch.tanh(self.Wx[l](inp) + self.Wh[l](h[l]))
                inp = h[l]
            out.append(inp)
        return torch.stack(out, dim=1).float(), torch.stack(h).float()
