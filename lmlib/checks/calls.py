"""Calls of every kind: training or not, with gradient or without, of one word, one row or many.

Code that is right in one kind of call only is the hardest slip to see: the usual call works.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, groupby
from operator import itemgetter
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from lmlib.checks.case import Case

Result = TypeVar("Result")


class Mode(NamedTuple):
    """What surrounds a call; its text begins a message."""

    training: bool
    grad: bool = True

    def __str__(self) -> str:
        under = "" if self.grad else " under torch.no_grad()"
        return f"in {'training' if self.training else 'evaluation'}{under}"

    @contextlib.contextmanager
    def on(self, model: nn.Module) -> Iterator[None]:
        model.train() if self.training else model.eval()
        with torch.set_grad_enabled(self.grad):
            yield


MODES = tuple(Mode(training, grad) for training in (True, False) for grad in (True, False))
# How calls follow one another; the modes of a plan take turns.
PLANS = {str(mode): (mode,) for mode in MODES} | {
    "when train() and eval() take turns": (Mode(True), Mode(False, grad=False)),
}


def situations(case: Case) -> Iterator[tuple[Mode, int, int]]:
    """Every mode with several rows and words, and with one of each: (mode, rows, words)."""
    for mode in MODES:
        rows, words = case.sizes(2, 2, 7)
        for shape in ((rows, words), (rows, 1), (1, words), (1, 1)):
            yield mode, *shape


def lengths_of_calls(case: Case) -> list[int]:
    """How many words each of five calls reads: two read one, one reads many, and others follow."""
    few, some, many = *case.sizes(2, 2, 6), *case.sizes(1, 36, 48)
    return [few, *case.pick((1, 1, many), 3), some]


def read_in_calls(
    call: Callable[[Tensor], Result], model: nn.Module, parts: Sequence[Tensor], plan: str
) -> list[Result]:
    """Let the model read one part after the other in the modes of a plan.

    A mode is set only where it begins: what train() and eval() do shows where they take turns.
    """
    results = []
    for mode, turn in groupby(zip(cycle(PLANS[plan]), parts), key=itemgetter(0)):
        with mode.on(model):
            results += [call(part) for _, part in turn]
    return results
