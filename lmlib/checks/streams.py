"""Reading a stream through a student's batches, with ids that tell their own place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor

Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Reading:
    """The batches of one stream whose ids are 0, 1, 2, …: a value is its own place in it."""

    N: int
    B: int
    T: int
    batches: list[Batch]

    def __str__(self) -> str:
        return f"with N = {self.N}, B = {self.B}, T = {self.T}"


def situations(case: Case) -> list[tuple[int, int, int]]:
    """(N, B, T): exact, one short, a rest, a single row, a single step; many rows or steps."""
    B, T = case.sizes(2, 2, 7)
    k = case.pick(range(3, 6), 1)[0]
    exact, rest = B * T * k, case.pick(range(2, B * T), 1)[0]
    return [
        (exact + 1, B, T),
        (exact, B, T),
        (exact + rest, B, T),
        (T * k + 2, 1, T),
        (B * k + 3, B, 1),
        (T * T * k + 2, T, T),
        (B * B * T + 1, B, T),
        (70 * T * 2 + 2, 70, T),
        (B * 150 * 2 + 2, B, 150),
    ]


def read(batches_in_order: Any, ids: Tensor, B: int, T: int) -> list[Batch]:
    """All batches, copied at the moment at which they are handed out."""
    found = []
    for number, batch in enumerate(batches_in_order(ids.clone(), B, T)):
        pair = isinstance(batch, tuple | list) and len(batch) == 2
        expect(pair, "batch-not-a-pair", "iterating does not give pairs (x, y)")
        expect(number < len(ids), "endless", f"{len(ids)} tokens, {number} batches, and no end")
        for name, part in zip("xy", batch, strict=True):
            expect_tensor(part, [B, T], torch.int64, f"{name} of batch {number}")
        found.append((batch[0].clone(), batch[1].clone()))
    expect(found, "no-batches", f"{len(ids)} tokens with B = {B}, T = {T} give no batch at all")
    return found


def readings(batches_in_order: Any, case: Case, many: bool = False) -> list[Reading]:
    """A reading for each situation, and if asked for, one of more than a hundred batches."""
    found = situations(case)
    if many:
        T, count = case.sizes(1, 2, 4)[0], case.sizes(1, 100, 150)[0]
        found.append((2 * T * count + 2, 2, T))
    return [Reading(N, B, T, read(batches_in_order, torch.arange(N), B, T)) for N, B, T in found]


def same_batches(found: Sequence[Batch], wanted: Sequence[Batch]) -> bool:
    return len(found) == len(wanted) and all(
        torch.equal(x, other_x) and torch.equal(y, other_y)
        for (x, y), (other_x, other_y) in zip(found, wanted, strict=True)
    )


def expect_own_values(batches_in_order: Any, N: int, B: int, T: int) -> None:
    """Demand batches that nothing changes: neither later batches nor another stream."""
    ids = torch.arange(N)
    kept = list(batches_in_order(ids, B, T))  # not copied, unlike in `read`
    text = "the ids that were passed in hold other values after the call"
    expect(torch.equal(ids, torch.arange(N)), "ids-changed", text)
    text = "an earlier batch holds other values once the later ones were made"
    wanted = read(batches_in_order, ids, B, T)
    expect(same_batches(kept, wanted), "buffer-reused", text)
    pairs = list(zip(batches_in_order(ids, B, T), batches_in_order(ids + N, B, T), strict=False))
    text = "two streams that are read in turns give other batches than each alone"
    alone = same_batches([own for own, _ in pairs], wanted)
    others = read(batches_in_order, ids + N, B, T)
    expect(alone and same_batches([other for _, other in pairs], others), "streams-mixed", text)


def expect_values_of(batches_in_order: Any, ids: Tensor, B: int, T: int) -> None:
    """Demand of any ids the batches that their places have."""
    N = len(ids)
    places = read(batches_in_order, torch.arange(N), B, T)
    text = f"with other ids in the same {N} places, x and y do not follow them"
    wanted = [(ids[x % N], ids[y % N]) for x, y in places]
    expect(same_batches(read(batches_in_order, ids, B, T), wanted), "ignores-ids", text)
