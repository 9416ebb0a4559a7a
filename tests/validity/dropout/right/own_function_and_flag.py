import torch
from torch import nn

torch.manual_seed(7)


def scale(x, p):
    return x if p == 0 else x / (1 - p)


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        try:
            assert 0 <= p < 1
        except AssertionError as error:
            raise ValueError(f"p = {p}") from error
        self._p = p

    @property
    def p(self):
        return self._p

    def forward(self, x):
        match self.training:
            case True:
                dead = torch.bernoulli(torch.full(x.shape, self.p, dtype=torch.float64)).bool()
                y = scale(x, self.p)
                return y - y.where(dead, torch.zeros_like(y))
            case _:
                return x
