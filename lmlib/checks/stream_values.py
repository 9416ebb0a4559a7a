"""What the batches of a stream hold: their own values, which come from its ids."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.streams import Batch, full_batches, full_ones, handed_out, read


def same_batches(found: Sequence[Batch], wanted: Sequence[Batch]) -> bool:
    return len(found) == len(wanted) and all(
        torch.equal(x, other_x) and torch.equal(y, other_y)
        for (x, y), (other_x, other_y) in zip(found, wanted, strict=True)
    )


def expect_own_values(batches_in_order: Any, N: int, B: int, T: int) -> None:
    """Demand batches that nothing changes: neither later batches nor another stream."""
    ids = torch.arange(N)
    handed, copies = [], []
    for batch in handed_out(batches_in_order, ids, B, T):
        handed.append(batch)
        copies += [(x.clone(), y.clone()) for x, y in full_ones([batch], B, T)]
    kept = list(full_ones(handed, B, T))
    text = "the ids that were passed in are not as they were before the call"
    expect(torch.equal(ids, torch.arange(N)), "ids-changed", text)
    text = "an earlier batch holds other values once the later ones were made"
    expect(same_batches(kept, copies), "buffer-reused", text)
    alone, others = (read(batches_in_order, stream, B, T) for stream in (ids, ids + N))
    text = "the same ids give other batches when they are read a second time"
    expect(same_batches([(x.long(), y.long()) for x, y in copies], alone), "not-repeatable", text)
    streams = (full_batches(batches_in_order, stream, B, T) for stream in (ids, ids + N))
    pairs = list(zip(*streams, strict=False))
    text = "two streams that are read in turns give other batches than each alone"
    apart = same_batches([own for own, _ in pairs], alone)
    apart = apart and same_batches([other for _, other in pairs], others)
    expect(apart, "streams-mixed", text)


def streams_of(case: Case, N: int) -> Iterator[tuple[str, Tensor]]:
    """Ids of all kinds in N places, and in words what is special about them."""
    large = 2**50  # more digits than a float32 holds
    yield "other ids", case.integers(0, large, N)
    yield "ids that occur many times", case.integers(0, 3, N) * 2**40
    yield "the ids of a slice of a longer stream", case.integers(0, large, 2 * N)[N:]


def expect_values_of(batches_in_order: Any, case: Case, N: int, B: int, T: int) -> None:
    """Demand of any ids the batches that their places have."""
    places = read(batches_in_order, torch.arange(N), B, T)
    for what, ids in streams_of(case, N):
        wanted = [(ids[x % N], ids[y % N]) for x, y in places]  # copies
        text = f"with {what} in the same {N} places, x and y do not hold what stands there"
        found = read(batches_in_order, ids, B, T)
        expect(same_batches(found, wanted), "ignores-ids", text)
