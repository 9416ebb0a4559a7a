"""Whether the LSTM of an AWD language model consists of units with gates and weights of their own.

That it is an LSTM when all its weights are one number says nothing of single ones. All this is read
from raw and its gradients, so where there are none, `gradient` says so.
"""

import itertools
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.awd_form import fresh, model_of, rows_of
from lmlib.checks.awd_lstm import biases_of, matrices_of
from lmlib.checks.awd_read import read
from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.modules import fill, gradients_of, of_size

MOST = 0.7  # of the units: some have gates that hardly move


def expect_gates(Model: Any, case: Case) -> None:
    """Demand that four gates look at a word, each in a way of its own, and at the past of all.

    After the same first word, the slopes of a unit by the second one are mixtures of its gates'
    weights, in other shares for each word: their rank is the number of gates.
    """
    model, V, H = model_of(Model, case, 1)
    for table in of_size(model, V, H):
        fill([table], 3 * table.detach())  # words that are far apart
    reader = fresh(model.eval())
    raw = read(reader, _pairs(V)).raw[:, 1]
    tables, biases = of_size(reader, V, H), biases_of(reader, V, H)
    ways, reached = [], []
    for unit in case.pick(range(H), 10) if raw.requires_grad else ():
        found = gradients_of(raw[:, unit].sum(), [*tables, *biases], retain_graph=True)
        slopes = [rows_of(slope, H) for slope in found[: len(tables)] if slope is not None]
        if slopes:
            singular = torch.linalg.svdvals(torch.cat([rows[1:] for rows in slopes]).double())
            ways.append(int((singular > 1e-5 * singular[0]).sum()))
        acting = sum(int((g != 0).sum()) for g in found[len(tables) :] if g is not None)
        if acting and any(rows[0].any() for rows in slopes):  # the state before is not cut off
            reached.append(acting)
    if ways:
        text = f"the gates of a unit react to a word in {min(ways)} to {max(ways)} different ways"
        most = ways.count(4) >= MOST * len(ways)
        expect(most, "gates-shared", f"{text}, those of an LSTM in 4")
    count = sum(bias.numel() for bias in biases)
    text = f"for a unit's second state, only {min(reached, default=0)} of the {count} biases count"
    expect(not reached or min(reached) > count / 2, "own-past-only", text)


def expect_weights_apart(Model: Any, case: Case) -> None:
    """Demand that weights do not only count together: hardly two have the same gradient."""
    for num_layers in (1, 3):
        model, V, H = model_of(Model, case, num_layers)
        reader = fresh(model.eval())
        raw = read(reader, _pairs(V)).raw
        if raw.requires_grad:
            loss = (raw * case.nonzero(*raw.shape)).sum()
            found = gradients_of(loss, matrices_of(reader, H))
            numbers = torch.cat([raw.new_zeros(0), *(g[g != 0] for g in found if g is not None)])
            apart = len(numbers.unique())
            text = f"{len(numbers)} weights of {num_layers} layer(s) get only {apart} different "
            expect(apart >= 0.9 * len(numbers), "weights-alike", f"{text}gradients")
    _expect_shares(Model, case)


def _expect_shares(Model: Any, case: Case) -> None:
    """Demand that weights do not only count in fixed shares of a sum.

    Then, whatever is read, their gradients would stand in the same proportions.
    """
    model, _, H = model_of(Model, case, 1)
    reader = fresh(model.eval())
    raw = read(reader, torch.tensor([[0, 1], [2, 3]])).raw[:, 1]
    if not raw.requires_grad:
        return
    sums, matrices = raw @ case.nonzero(H), matrices_of(reader, H)
    found = [gradients_of(one, matrices, retain_graph=True) for one in sums]
    pairs = [(a, b) for a, b in zip(*found, strict=True) if a is not None and b is not None]
    shares = torch.cat([raw.new_zeros(0), *((a / b)[b != 0] for a, b in pairs)]).sort().values
    apart = int((shares.diff() > 1e-5 * shares[1:].abs()).sum())
    text = f"with other words, the gradients of {len(shares)} weights change by only "
    expect(apart >= 0.9 * (len(shares) - 1), "weights-alike", f"{text}{apart} different factors")


def expect_units(Model: Any, case: Case) -> None:
    """Demand that without its matrices each unit is an LSTM of four numbers, made of its biases.

    Which biases a gate adds up is seen from their gradients, which are the same.
    """
    model, V, H = model_of(Model, case, 1)
    fill(matrices_of(model, H), 0)
    reader = fresh(model.eval())
    raw, biases = read(reader, torch.zeros(1, 3, dtype=torch.int64)).raw[0], biases_of(reader, V, H)
    if not (raw.requires_grad and biases):
        return
    values, fitting = torch.cat([bias.detach().flatten() for bias in biases]), []
    for unit in case.pick(range(H), 10):
        found = gradients_of(raw[-1, unit], biases, retain_graph=True)
        pairs = zip(found, biases, strict=True)
        slopes = torch.cat([(b * 0 if g is None else g).detach().flatten() for g, b in pairs])
        acts = slopes != 0
        if acts.any():
            gates = _sums(values[acts], slopes[acts])
            fitting.append(len(gates) == 4 and _fits(gates, raw[:, unit].detach()))
    text = f"with matrices of zeros, {len(fitting) - sum(fitting)} of {len(fitting)} units give "
    text += "another raw than an LSTM's unit of four biases"
    expect(sum(fitting) >= MOST * len(fitting), "not-an-lstm", text)


def _sums(values: Tensor, slopes: Tensor) -> Tensor:
    """The sums of those values that have the same slope."""
    order = slopes.argsort()
    new = slopes[order].diff() > 1e-6 * slopes.abs().max()
    parts = values[order].tensor_split((new.nonzero().flatten() + 1).tolist())
    return torch.stack([part.sum() for part in parts])


def _fits(gates: Tensor, states: Tensor) -> bool:
    """Whether an LSTM of one unit with these four biases, in some order, has these states."""
    orders = torch.tensor(list(itertools.permutations(range(4))))
    i, f, g, o = gates[orders].unbind(1)
    c, made = torch.zeros_like(i), []
    for _ in states:
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        made.append(o.sigmoid() * c.tanh())
    wrong = (torch.stack(made, dim=1) - states).abs().amax(1)
    return bool(wrong.min() < 1e-5)


def _pairs(vocab_size: int) -> Tensor:
    """The first word, before each of the others."""
    others = torch.arange(1, vocab_size)
    return torch.stack([torch.zeros_like(others), others], dim=1)
