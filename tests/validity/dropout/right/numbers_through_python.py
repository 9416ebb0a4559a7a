from math import inf

import torch
from torch import Tensor
from torch import nn as layers


def bernoulli(shape: torch.Size, keep: float) -> Tensor:
    return torch.floor(torch.rand(shape) + keep)


class Dropout(layers.Module):
    p: float

    def __init__(self, p: float = 1 / 2, *, strict: bool = True) -> None:
        super().__init__()
        self.__dict__["p"] = float(p)
        if strict and not (-inf < p < inf and 0 <= p and p != 1 and p < 1):
            raise ValueError(f"{p!r} is no probability of dropping")

    def forward(self, *inputs: Tensor) -> Tensor:
        (x,) = inputs
        return self._drop(x) if self.training else x.view_as(x)

    def _drop(self, x: Tensor) -> Tensor:
        gate = bernoulli(x.shape, 1 - self.p) * (1 / (1 - self.p))
        return torch.einsum("...,...->...", x, gate.to(x))
