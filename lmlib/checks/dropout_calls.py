"""Calls of dropout: with and without gradients, and many at once."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from lmlib.checks.expect import expect_tensor
from lmlib.checks.remote import each


class Tracking(NamedTuple):
    """How gradients stand in a call; its text follows what a message says of the call."""

    grad: bool
    of_x: bool

    def __str__(self) -> str:
        under = "" if self.grad else " under torch.no_grad()"
        return f"{under} with an x that needs a gradient" if self.of_x else under

    def each(self, layer: Any, xs: Sequence[Tensor], new: list[Any] | None = None) -> list[Tensor]:
        """What comes out for a copy of each input; `new` as in `lmlib.checks.remote.each`."""
        given = [x.clone().requires_grad_() * 1 if self.of_x else x.clone() for x in xs]
        with torch.set_grad_enabled(self.grad):
            outs = each(layer, given, new)
        return [expect_tensor(o, x.shape, x.dtype).detach() for o, x in zip(outs, xs, strict=True)]


TRACKINGS = (Tracking(True, False), Tracking(False, False), Tracking(True, True))


def answers(
    layer: Any, rows_of_inputs: Callable[[], Sequence[list[Tensor]]]
) -> Iterator[tuple[list[Tensor], list[Any]]]:
    """Each row of inputs with its results, all asked for at once, or by row if the layer fails."""
    rows = rows_of_inputs()
    try:
        outs = iter(each(layer, [x for row in rows for x in row]))
    except Exception:
        yield from ((row, each(layer, row)) for row in rows_of_inputs())
    else:
        yield from ((row, list(itertools.islice(outs, len(row)))) for row in rows)
