import torch
from torch import nn


class StackedRNN(nn.Module):
    def __init__(self, input_size, hidden_size, num_layers):
        super().__init__()
        self.x2h = nn.ModuleList()
        self.h2h = nn.ModuleList()
        for layer in range(num_layers):
            self.x2h.append(nn.Linear(hidden_size if layer else input_size, hidden_size, bias=False))
            self.h2h.append(nn.Linear(hidden_size, hidden_size, bias=True))
        for p in self.parameters():
            nn.init.normal_(p, std=0.1)

    def run(self, layer, seq, h):
        for arriving in self.x2h[layer](seq):
            h = 2 * torch.sigmoid(2 * (arriving + self.h2h[layer](h))) - 1
            yield h

    def forward(self, x, h0=None):
        seq, h_n = x.permute(1, 0, 2), []
        for layer in range(len(self.h2h)):
            if h0 is None:
                start = torch.zeros_like(self.x2h[layer](seq[0]))
            else:
                start = h0[layer]
            seq = torch.stack([*self.run(layer, seq, start)])
            h_n.append(seq[-1])
        return seq.permute(1, 0, 2).contiguous(), torch.stack(h_n)
