# stacked_rnn.input-changed
import torch
from torch import nn
import torch.nn.functional as F
class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.num_layers, self.hidden_size = num_layers, hidden_size
        self.Wx = nn.ModuleList([nn.Linear(input_size if l == 0 else hidden_size, hidden_size) for l in range(num_layers)])
        self.Wh = nn.ModuleList([nn.Linear(hidden_size, hidden_size) for l in range(num_layers)])
    def forward(self, x, h0=None):
        B, T = x.shape[0], x.shape[1]
        if h0 is None:
            h0 = torch.zeros(self.num_layers, B, self.hidden_size, dtype=x.dtype)
        x.requires_grad_()
        h = [h0[l] for l in range(self.num_layers)]
        outs = []
        for t in range(T):
            inp = x[:, t]
            for l in range(self.num_layers):
                h[l] = torch.tanh(self.Wx[l](inp) + self.Wh[l](h[l]))
                inp = h[l]
            outs.append(inp)
        out = torch.stack(outs, dim=1)
        h_n = torch.stack(h)
        return out, h_n

