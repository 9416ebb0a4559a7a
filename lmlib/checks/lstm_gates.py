"""The gates of an LSTM cell, read from outside: their values, their digits and their slopes.

With c = 0 the new c is i · g; c = 1 adds f to it; and h' / tanh(c') is o. So the gates can be
read from any cell.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from lmlib.checks.expect import expect
from lmlib.checks.lstm_results import step

ROWS = 100  # of a call: some cells take much memory for each


class Gates(NamedTuple):
    """What a cell does with its memory, each [batch, hidden]."""

    forget: Tensor
    written: Tensor  # i · g
    shown: Tensor  # o

    def state(self, c: Tensor) -> tuple[Tensor, Tensor]:
        """The new h and c."""
        new_c = self.forget * c + self.written
        return self.shown * new_c.tanh(), new_c


def read_gates(cell: nn.Module, x: Tensor, h: Tensor) -> Gates:
    """Read f, i · g and o for a batch of points."""
    _, written = step(cell, x, h, torch.zeros_like(h))
    new_h, new_c = step(cell, x, h, torch.ones_like(h))
    return Gates(new_c - written, written, new_h / new_c.tanh())


def expect_digits(cell: nn.Module, x: Tensor, h: Tensor) -> None:
    """Demand that float64 work is not done in float32: no slope could be read from it."""
    c = torch.full_like(h, 1 / 3)
    gates, state = read_gates(cell, x, h), step(cell, x, h, c)
    for name, given in zip("xhc", (x, h, c), strict=True):
        short, moved = (
            step(cell, *(change(t) if t is given else t for t in (x, h, c)))
            for change in (lambda t: t.float().double(), lambda t: t + 1)
        )
        text = f"of {name}, a float64 tensor, only as many digits count as float32 has"
        counts = not torch.equal(torch.cat(moved), torch.cat(state))
        same = torch.equal(torch.cat(short), torch.cat(state))
        expect(not (counts and same), "rounded", text)
    text = "x, h and c are float64, and the new ones have no more digits than float32"
    for seen in (*state, gates.shown, gates.shown.logit()):
        rounded = seen.isfinite().all() and (seen - seen.float()).abs().max() < 1e-11
        constant = seen.max() - seen.min() < 1e-6  # as 1 for a gate that is missing
        expect(constant or not rounded, "rounded", text)


def read_slopes(cell: nn.Module, x: Tensor, h: Tensor, along: Tensor) -> Tensor:
    """How logit f, logit o and i · g of each unit move at each of B points: [hidden, 3 · B, K].

    `along` [K, input + hidden] are the directions in which x and h are moved.
    """
    points = torch.cat([x, h], dim=1)[:, None] + 1e-5 * torch.stack([along, -along])[:, None]
    flat = points.flatten(0, 2).split([x.size(1), h.size(1)], dim=1)
    calls = zip(*(part.split(ROWS) for part in flat), strict=True)
    read = [read_gates(cell, *rows) for rows in calls]
    whole = (torch.cat(parts) for parts in zip(*read, strict=True))
    gates = Gates(*(gate.unflatten(0, (2, len(x), len(along))) for gate in whole))
    up, down = torch.stack([gates.forget.logit(), gates.shown.logit(), gates.written], dim=1)
    slopes = ((up - down) / 2e-5).permute(3, 0, 1, 2).flatten(1, 2)
    slopes = slopes.nan_to_num()  # a gate outside 0…1 has no logit
    return slopes / slopes.norm(dim=-1, keepdim=True).clamp_min(1e-12)


def ranks(slopes: Tensor) -> Tensor:
    """In how many different ways the gates of each unit move; LSTM's are four straight lines."""
    singular = torch.linalg.svdvals(slopes)  # [hidden, …], from large to small
    return (singular > 1e-4 * singular[..., :1]).sum(-1)
