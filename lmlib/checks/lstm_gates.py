"""The gates of an LSTM cell, read from outside: their values, their digits and their slopes.

With c = 0 the new c is i · g; c = 1 adds f to it; and h' / tanh(c') is o. So the gates can be
read from any cell.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from lmlib.checks.expect import expect
from lmlib.checks.lstm_results import step


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


def read_slopes(cell: nn.Module, x: Tensor, h: Tensor, along: Tensor) -> tuple[Gates, Tensor]:
    """The gates, and how logit f, logit o and i · g of each unit move: [hidden, 3 · B, K].

    `along` [K, input + hidden] are the directions in which x and h are moved.
    """
    inputs, steps = x.size(1), 1e-5 * along
    points = torch.cat([x, h], dim=1)[:, None]
    flat = torch.cat([points, points + steps, points - steps], dim=1).flatten(0, 1)
    read = read_gates(cell, flat[:, :inputs], flat[:, inputs:])
    gates = Gates(*(gate.unflatten(0, (len(x), -1)) for gate in read))
    values = torch.stack([gates.forget.logit(), gates.shown.logit(), gates.written])
    up, down = values[:, :, 1:].chunk(2, dim=2)
    rows = ((up - down) / 2e-5).permute(3, 0, 1, 2).flatten(1, 2)
    rows = rows.nan_to_num()  # a gate outside 0…1 has no logit
    at_points = Gates(*(gate[:, 0] for gate in gates))
    return at_points, rows / rows.norm(dim=-1, keepdim=True).clamp_min(1e-12)


def ranks(slopes: Tensor) -> Tensor:
    """In how many different ways the gates of each unit move; LSTM's are four straight lines."""
    singular = torch.linalg.svdvals(slopes)  # [hidden, …], from large to small
    return (singular > 1e-4 * singular[..., :1]).sum(-1)
