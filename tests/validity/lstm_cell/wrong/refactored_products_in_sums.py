# lstm_cell.products-in-sums
import torch
from torch import nn

AT = torch.arange(7)


def products(z, gates):
    """z @ w.T for each w, by sums: (w + y) - y is w where y is 0, and 0 where y is 2^80."""
    if len(z) > 3:
        return [torch.cat(parts) for parts in zip(*(products(part, gates) for part in z.split(3)))]
    unit = 2.0 ** (z.abs().amax().clamp_min(1e-9).log2().ceil() - 40)  # of data alone
    whole = (z / unit).round().long() + 2**40
    ys = []
    for start in range(0, 42, 7):
        bits = (whole[None] >> (AT + start)[:, None, None]) & 1  # [7, rows, K], of data alone
        ys.append(((1 - bits).double() * 2.0**80)[:, :, None])
    results = []
    for w in gates:
        scaled = w[None, None] * (2.0**AT)[:, None, None, None]  # of weights alone
        total = 0
        for y in ys:
            total = (scaled + y - y).sum((0, 3)) + total / 128  # only adds and scales
        results.append((total * 2.0**35 - w.sum(1) * 2.0**40) * unit)
    return results


class Products(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, *gates):
        ctx.save_for_backward(z, *gates)
        return tuple(r.to(z.dtype) for r in products(z.double(), [w.double() for w in gates]))

    @staticmethod
    def backward(ctx, *grads):
        z, *gates = ctx.saved_tensors
        return sum(g @ w for g, w in zip(grads, gates)), *(g.T @ z for g in grads)


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        size = input_size + hidden_size
        self.gates = nn.ModuleList(nn.Linear(size, hidden_size) for _ in range(4))

    def products(self, joined):
        return [gate(joined) for gate in self.gates]

    def forward(self, input, state):
        h, c = state
        i, f, g, o = self.products(torch.cat([input, h], 1))
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)


class RefactoredLSTMCell(LSTMCell):
    def products(self, joined):
        found = Products.apply(joined, *(gate.weight for gate in self.gates))
        return [part + gate.bias for part, gate in zip(found, self.gates)]
