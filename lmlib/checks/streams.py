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
    """Five (N, B, T): exact, one short, a rest, a single row, and a single step."""
    B, T = case.sizes(2, 2, 7)
    k = case.pick(range(3, 6), 1)[0]
    exact, rest = B * T * k, case.pick(range(2, B * T), 1)[0]
    return [
        (exact + 1, B, T),
        (exact, B, T),
        (exact + rest, B, T),
        (T * k + 2, 1, T),
        (B * k + 3, B, 1),
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


def readings(batches_in_order: Any, case: Case) -> list[Reading]:
    return [
        Reading(N, B, T, read(batches_in_order, torch.arange(N), B, T))
        for N, B, T in situations(case)
    ]


def same_batches(found: Sequence[Batch], wanted: Sequence[Batch]) -> bool:
    return len(found) == len(wanted) and all(
        torch.equal(x, other_x) and torch.equal(y, other_y)
        for (x, y), (other_x, other_y) in zip(found, wanted, strict=True)
    )
