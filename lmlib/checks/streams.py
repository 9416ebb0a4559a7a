"""Reading a stream through a student's batches, with ids that tell their own place."""

from collections.abc import Iterator, Sequence
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


def handed_out(batches_in_order: Any, ids: Tensor, B: int, T: int) -> Iterator[Any]:
    """Batches as they come, but not for ever."""
    for number, batch in enumerate(batches_in_order(ids, B, T)):
        expect(number < len(ids), "endless", f"{len(ids)} tokens, {number} batches, and no end")
        yield batch


def is_full(batch: Any, B: int, T: int) -> bool:
    """Whether no part of it is too small; what is no tensor counts as full."""
    return not any(isinstance(part, Tensor) and part.numel() < B * T for part in batch)


def read(batches_in_order: Any, ids: Tensor, B: int, T: int, full: bool = False) -> list[Batch]:
    """All full batches, copied as they are handed out; if asked for, demand that all are full."""
    found = []
    for number, batch in enumerate(handed_out(batches_in_order, ids.clone(), B, T)):
        pair = isinstance(batch, tuple | list) and len(batch) == 2
        expect(pair, "batch-not-a-pair", "iterating does not give pairs (x, y)")
        if not full and not is_full(batch, B, T):
            continue  # which another property judges
        for name, part in zip("xy", batch, strict=True):
            dtype = torch.int64 if full else None
            expect_tensor(part, [B, T], dtype, f"{name} of batch {number}")
        found.append((batch[0].clone().long(), batch[1].clone().long()))
    expect(found, "no-batches", f"{len(ids)} tokens with B = {B}, T = {T} give no batch at all")
    return found


def readings(
    batches_in_order: Any, case: Case, many: bool = False, full: bool = False
) -> list[Reading]:
    """A reading for each situation, and if asked for, one of more than a hundred batches.

    With `full` every situation counts; otherwise those do that can be read at all.
    """
    found = situations(case)
    if many:
        T, count = case.sizes(1, 2, 4)[0], case.sizes(1, 100, 150)[0]
        found.append((2 * T * count + 2, 2, T))
    read_ones: list[Reading] = []
    trouble: Exception | None = None
    for N, B, T in found:
        try:
            batches = read(batches_in_order, torch.arange(N), B, T, full)
            read_ones.append(Reading(N, B, T, batches))
        except Exception as error:
            trouble = trouble or error
            if full or str(error).startswith("KeyboardInterrupt"):  # its time is up
                raise
    if trouble and len(read_ones) < len(found) // 2:
        raise trouble
    return read_ones


def readable(batches_in_order: Any, case: Case) -> list[tuple[int, int, int]]:
    """The situations in which there is something to read."""
    return [(reading.N, reading.B, reading.T) for reading in readings(batches_in_order, case)]


def same_batches(found: Sequence[Batch], wanted: Sequence[Batch]) -> bool:
    return len(found) == len(wanted) and all(
        torch.equal(x, other_x) and torch.equal(y, other_y)
        for (x, y), (other_x, other_y) in zip(found, wanted, strict=True)
    )


def expect_own_values(batches_in_order: Any, N: int, B: int, T: int) -> None:
    """Demand batches that nothing changes: neither later batches nor another stream."""
    ids = torch.arange(N)
    kept = [b for b in handed_out(batches_in_order, ids, B, T) if is_full(b, B, T)]  # no copies
    text = "the ids that were passed in hold other values after the call"
    expect(torch.equal(ids, torch.arange(N)), "ids-changed", text)
    text = "an earlier batch holds other values once the later ones were made"
    wanted = read(batches_in_order, ids, B, T)
    expect(same_batches(kept, wanted), "buffer-reused", text)
    streams = (handed_out(batches_in_order, stream, B, T) for stream in (ids, ids + N))
    pairs = [p for p in zip(*streams, strict=False) if is_full(p[0], B, T)]
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
