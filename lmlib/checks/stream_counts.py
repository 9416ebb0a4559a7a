"""How many batches a stream gives: as many as fit or one fewer, and none where none fits."""

from itertools import islice
from typing import Any

import torch

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.streams import (
    full_batches,
    handed_out,
    in_one_piece,
    readings,
    time_is_up,
)

LONG = 63_000  # about as many tokens as the course's text has


def expect_enough(batches_in_order: Any, case: Case) -> None:
    """Demand of short streams and of a long one at most one batch fewer than would fit."""
    for reading in readings(batches_in_order, case):
        possible = (reading.N - 1) // (reading.B * reading.T)
        _expect_count(len(reading.batches), possible, str(reading))
    B, T = case.sizes(2, 13, 16)
    possible = LONG // (B * T)
    N = B * T * possible + 1
    batches = full_batches(batches_in_order, torch.arange(N), B, T)
    made = sum(1 for _ in islice(batches, possible))  # not kept, and perhaps without an end
    _expect_count(made, possible, f"with N = {N}, B = {B}, T = {T}")


def _expect_count(made: int, possible: int, where: str) -> None:
    text = f"{where} there are {made} batches; {possible} would fit"
    expect(made >= possible - 1, "too-few-batches", text)


def expect_nothing_made_up(batches_in_order: Any, B: int, T: int) -> None:
    """Demand no batch of a stream that fills none; an error is none, and so is an empty one."""
    found = []
    try:
        for x, _ in handed_out(batches_in_order, torch.arange(B * T), B, T):
            found += [x] * (in_one_piece(x).numel() > 0)
    except Exception as error:
        if time_is_up(error):
            raise
    text = f"{B * T} tokens do not fill x and y for B = {B}, T = {T}, but there is a batch"
    expect(not found, "batch-not-full", text)
