"""One draw of sizes and data: the notebook always sees draw 0, a grader draws anew."""

import random
from collections.abc import Sequence
from typing import TypeVar

import torch
from torch import Tensor

T = TypeVar("T")


class Case:
    """Everything random in a check comes from here, and the student's code cannot disturb it."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._generator = torch.Generator().manual_seed(self.seed())

    def seed(self) -> int:
        """A number for `torch.manual_seed`."""
        return self._random.getrandbits(31)

    def sizes(self, count: int, low: int = 2, high: int = 9) -> list[int]:
        """Sizes that all differ, so that swapped axes cannot go unnoticed."""
        return self._random.sample(range(low, high + 1), count)

    def pick(self, options: Sequence[T], count: int) -> list[T]:
        """Some of the options, in random order."""
        return self._random.sample(list(options), count)

    def uniform(self, low: float, high: float) -> float:
        """A number with six decimals: it reads well in a message, and nobody guesses it."""
        return round(self._random.uniform(low, high), 6)

    def normal(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """A fresh tensor of standard normal numbers."""
        drawn = torch.float64 if dtype == torch.float64 else torch.float32
        return torch.randn(shape, generator=self._generator, dtype=drawn).to(dtype)

    def nonzero(self, *shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
        """A fresh tensor of both signs with no element near 0: every zero was made later."""
        x = self.normal(*shape, dtype=dtype)
        return x + torch.copysign(torch.tensor(0.5, dtype=dtype), x)  # 0 has a sign, too

    def integers(self, low: int, high: int, *shape: int) -> Tensor:
        """A fresh int64 tensor with low ≤ element < high."""
        return torch.randint(low, high, shape, generator=self._generator)
