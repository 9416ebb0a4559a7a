import torch
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W = nn.Parameter(torch.empty(4, input_size + hidden_size, hidden_size))
        self.b = nn.Parameter(torch.empty(4, 1, hidden_size))
        for p in self.parameters():
            nn.init.normal_(p, std=0.1)

    def forward(self, input, state):
        h, c = state
        z = torch.cat([input, h], -1).expand(4, -1, -1)
        f, i, o, g = torch.baddbmm(self.b, z, self.W)
        c = torch.addcmul(f.sigmoid() * c, g.tanh(), i.sigmoid())
        h = c.tanh() * o.sigmoid()
        return h, (h, c)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.x2h = nn.Conv1d(input_size, 4 * hidden_size, 1)
        self.h2h = nn.Conv1d(hidden_size, 4 * hidden_size, 1, bias=False)

    def forward(self, input, state):
        """A product is a convolution of length 1."""
        h, c = state
        z = self.x2h(input.unsqueeze(2)) + self.h2h(h.unsqueeze(2))
        i, f, g, o = z.squeeze(2).chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)
