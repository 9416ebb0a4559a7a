import torch
from torch import nn
import torch.nn.functional as F


def gate(layer, h, x):
    return torch.sigmoid(layer(torch.cat([h, x], dim=1)))


from typing import Tuple
Tensor = torch.Tensor
class LSTMCell(nn.Module):
    def __init__(self, input_size: int, hidden_size: int) -> None:
        super(LSTMCell, self).__init__()
        for name in "ifgo":
            setattr(self, "W_x" + name, nn.Parameter(torch.randn(input_size, hidden_size) * .1))
            setattr(self, "W_h" + name, nn.Parameter(torch.randn(hidden_size, hidden_size) * .1))
            setattr(self, "b_" + name, nn.Parameter(torch.zeros(1, hidden_size)))
    def _pre(self, name: str, x: Tensor, h: Tensor) -> Tensor:
        return x @ getattr(self, "W_x" + name) + h @ getattr(self, "W_h" + name) + getattr(self, "b_" + name)
    def forward(self, input: Tensor, state: Tuple[Tensor, Tensor]):
        h_prev, c_prev = state
        i, f, o = (self._pre(n, input, h_prev).sigmoid() for n in "ifo")
        g = self._pre("g", input, h_prev).tanh()
        c_new = torch.addcmul(f * c_prev, i, g)
        h_new = torch.mul(o, c_new.tanh())
        return h_new, (h_new, c_new)


class RefactoredLSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.ih = nn.Linear(input_size, 4 * hidden_size)
        self.hh = nn.Linear(hidden_size, 4 * hidden_size)

    def forward(self, input, state):
        h, c = state
        z = self.ih(input) + self.hh(h)
        i, f, g, o = z.chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        return h, (h, c)
