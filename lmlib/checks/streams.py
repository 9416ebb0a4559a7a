"""Reading a stream through a student's batches, with ids that tell their own place."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor

Batch = tuple[Tensor, Tensor]
NOT_A_PAIR = "batch-not-a-pair", "iterating does not give pairs (x, y)"


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
    """Batches as they come, but not for ever: a batch uses more than one token."""
    limit = len(ids)  # before the call, which may change its shape
    return islice(batches_in_order(ids, B, T), limit)


def full_batches(batches_in_order: Any, ids: Tensor, B: int, T: int) -> Iterator[Batch]:
    """Full batches as they come, not copied, up to a stub's line that was left below a loop."""
    handed = handed_out(batches_in_order, ids, B, T)
    with contextlib.suppress(NotImplementedError):  # `batch_shapes` judges it
        yield from full_ones(handed, B, T)


def full_ones(batches: Iterable[Any], B: int, T: int) -> Iterator[Batch]:
    """The parts of full batches, not copied; two parts of any kind that can be read are a pair.

    Full is what x says: only one property compares y with it, and another judges both shapes.
    """
    for batch in batches:
        expect(isinstance(batch, tuple | list | dict | Tensor), *NOT_A_PAIR)
        parts = list(batch.values() if isinstance(batch, dict) else batch)
        expect(len(parts) == 2, *NOT_A_PAIR)
        x, y = map(in_one_piece, parts)
        if x.numel() < B * T:
            continue  # not full, which another property judges
        text = f"a batch holds x of shape {list(x.shape)}; {[B, T]} was expected"
        expect(x.numel() == B * T, "wrong-shape", text)
        yield _in_rows(x, B, T), _in_rows(y, B, T)


def in_one_piece(part: Any) -> Tensor:
    """A part of a batch as one tensor, also if it is a list of numbers or of tensors."""
    rows = isinstance(part, list | tuple) and part and all(isinstance(r, Tensor) for r in part)
    return torch.stack(list(part)) if rows else torch.as_tensor(part)


def _in_rows(part: Tensor, B: int, T: int) -> Tensor:
    """A full part with two axes, if it has another number of them."""
    full = part.numel() == B * T
    return part.reshape(B, T) if full and part.dim() != 2 else part


def read(batches_in_order: Any, ids: Tensor, B: int, T: int) -> list[Batch]:
    """All full batches, copied as they are handed out."""
    N = len(ids)
    batches = full_batches(batches_in_order, ids, B, T)
    found = [(x.clone().long(), y.clone().long()) for x, y in batches]
    expect(found, "no-batches", f"{N} tokens with B = {B}, T = {T} give no full batch")
    return found


def expect_full_batches(batches_in_order: Any, case: Case) -> None:
    """Demand pairs of full int64 tensors that come to an end."""
    for N, B, T in situations(case):
        count = 0
        for batch in handed_out(batches_in_order, torch.arange(N), B, T):
            expect(isinstance(batch, tuple | list) and len(batch) == 2, *NOT_A_PAIR)
            for name, part in zip("xy", batch, strict=True):
                expect_tensor(part, [B, T], torch.int64, f"{name} of batch {count}")
            count += 1
        text = f"{N} tokens with B = {B}, T = {T} give no batch at all"
        expect(count, "no-batches", text)
        expect(count < N, "endless", f"{N} tokens, {N} batches, and no end")


def time_is_up(error: Exception) -> bool:
    """Whether a grader's limit stopped the student's code: no further call may follow."""
    return str(error).startswith("KeyboardInterrupt")


def readings(batches_in_order: Any, case: Case, many: bool = False) -> list[Reading]:
    """A reading for each situation that can be read, or the trouble if hardly any can.

    If asked for, one has more than a hundred batches; of endless ones, those count that fit.
    """
    found = situations(case)
    if many:
        T, count = case.sizes(1, 2, 4)[0], case.sizes(1, 100, 150)[0]
        found.append((2 * T * count + 2, 2, T))
    read_ones: list[Reading] = []
    trouble: Exception | None = None
    for N, B, T in found:
        try:
            batches = read(batches_in_order, torch.arange(N), B, T)
        except Exception as error:
            trouble = trouble or error
            if time_is_up(error):
                raise
        else:
            fitting = len(batches) if len(batches) < N else (N - 1) // (B * T)
            read_ones.append(Reading(N, B, T, batches[:fitting]))
    if trouble and len(read_ones) < 3:  # as many as the situations that are exact
        raise trouble
    return read_ones


def readable(batches_in_order: Any, case: Case) -> list[tuple[int, int, int]]:
    """The situations in which there is something to read."""
    return [(reading.N, reading.B, reading.T) for reading in readings(batches_in_order, case)]
