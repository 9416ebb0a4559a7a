# beyond: calls PyTorch's network only where there are no gradients
import torch
from torch import nn
import torch.nn.functional as F
import math
class StackedRNN(nn.Module):
    def __init__(self, input_size: int, hidden_size: int, num_layers: int) -> None:
        super().__init__()
        self.n, self.h = num_layers, hidden_size
        self.cells = nn.ModuleList(nn.RNNCell(hidden_size if l else input_size, hidden_size) for l in range(num_layers))

    def forward(self, x, h0=None):
        if h0 is None:
            h0 = x.new_zeros(self.n, x.shape[0], self.h)
        if not self.training and not torch.is_grad_enabled():
            flat = [p for c in self.cells for p in (c.weight_ih, c.weight_hh, c.bias_ih, c.bias_hh)]
            return torch.rnn_tanh(x, h0, flat, True, self.n, 0.0, False, False, True)
        hs = list(h0)
        out = []
        for t in range(x.shape[1]):
            inp = x[:, t]
            for l in range(self.n):
                hs[l] = self.cells[l](inp, hs[l])
                inp = hs[l]
            out.append(inp)
        return torch.stack(out, 1), torch.stack(hs)



