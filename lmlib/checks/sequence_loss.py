"""Properties of `sequence_loss`: the mean cross entropy over every word of every sequence."""

import math
from itertools import product
from typing import Any

import torch

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_close, expect_tensor, near
from lmlib.checks.leniency import call_in_float32_too
from lmlib.checks.sequence_axes import expect_axes_told_apart
from lmlib.checks.sequence_examples import (
    DTYPES,
    VIEWS,
    all_sizes,
    confident,
    example,
    expect_gradients,
    expect_value,
    expect_varied,
    large_sizes,
    loss_of,
    one_number,
    single,
)
from lmlib.checks.sequence_extremes import expect_extremes
from lmlib.checks.sequence_traces import expect_no_backward, expect_nothing_kept, expect_untouched
from lmlib.checks.suite import Suite

check = Suite("sequence_loss", "sequence_loss", "rows")


@check.property("rows holds one row of logits per word: sequence after sequence, step after step")
def rows_step(rows: Any, case: Case) -> None:
    batch, seq, vocab = case.sizes(3)
    logits = case.normal(batch, seq, vocab)
    found = expect_tensor(rows(logits), (batch * seq, vocab), logits.dtype, "the result")
    by_hand = torch.stack([logits[b, t] for b in range(batch) for t in range(seq)])
    expect_close(found, by_hand, "scrambled", "the rows are not the words' logits in reading order")


@check.property("the loss is one number: a tensor without axes, in the dtype of the logits")
def form(sequence_loss: Any, case: Case) -> None:
    for dtype in DTYPES:
        for sizes in (case.sizes(3), (1, 1, 5), (1, 4, 3), *large_sizes(case)):
            logits, targets = example(case, *sizes)
            expect_tensor(sequence_loss(logits.to(dtype), targets), (), dtype, "the loss")
    logits, targets = example(case)
    first, second = (loss_of(sequence_loss, logits, targets) for _ in range(2))
    text = f"the same call gives {first:.4f} at first and then {second:.4f}"
    expect(near(first, second), "remembers", text)


@check.property("equal logits for all V words cost ln V")
def uniform(sequence_loss: Any, case: Case) -> None:
    for place, sizes in enumerate(all_sizes(case)[:-1]):
        logits, targets = example(case, *sizes)
        found, wanted = loss_of(sequence_loss, 0 * logits, targets), math.log(sizes[2])
        text = f"for shape {list(sizes)} equal logits cost {found:.4f}; "
        text += f"ln {sizes[2]} is {wanted:.4f}"
        no_number = place > 0 and not math.isfinite(found)  # `value` judges it
        expect(near(found, wanted) or no_number, "uniform", text)


@check.property("each prediction is compared with its own target, and every position counts")
def pairing(sequence_loss: Any, case: Case) -> None:
    batch, seq, vocab = case.sizes(3, 5, 9)
    for _ in range(2):
        targets = case.integers(1, vocab - 1, batch, seq)  # no padding at either end
        found = loss_of(sequence_loss, confident(targets, vocab), targets)
        expect(abs(found) < 1e-6, "mispaired", f"predictions that are all right cost {found:.3g}")
    for b, t in ((0, 0), (0, seq - 1), (batch - 1, 0), (batch - 1, seq - 1)):
        predicted = targets.clone()
        predicted[b, t] = (predicted[b, t] + 1) % vocab
        found = loss_of(sequence_loss, confident(predicted, vocab), targets)
        text = f"one wrong prediction, at step {t} of sequence {b}, costs {found:.3f}"
        expect(abs(found) > 1e-3, "position-ignored", text)


@check.property("the loss is an average: more sequences or steps of the same kind cost the same")
def average(sequence_loss: Any, case: Case) -> None:
    expect_varied(sequence_loss, case)
    examples = [example(case, *case.sizes(2, 3, 9), 23) for _ in range(3)]
    for (logits, targets), (axis, what) in product(examples, enumerate(("sequences", "steps"))):
        single(call_in_float32_too(sequence_loss, logits.clone(), targets.clone()))
        once = loss_of(sequence_loss, logits, targets)
        repeated = (part.repeat_interleave(2, axis) for part in (logits, targets))
        twice = loss_of(sequence_loss, *repeated)
        text = f"with each of the {what} given twice, the loss goes from {once:.3f} to {twice:.3f}"
        expect(near(once, twice), "grows", text)


@check.property("the loss is the mean of −log p(target) over all words")
def value(sequence_loss: Any, case: Case) -> None:
    logits, targets = example(case)
    single(call_in_float32_too(sequence_loss, logits.clone(), targets.clone()))
    offset = case.normal(*targets.shape, 1, dtype=torch.float64)
    before, after = (loss_of(sequence_loss, z, targets) for z in (logits, logits + offset))
    text = f"adding one number to all logits of a word turns {before:.4f} into {after:.4f}"
    expect(near(before, after), "offset-costs", text)
    alike = torch.full_like(targets, int(targets[-1, -1]))
    expect_value(sequence_loss, logits, alike, f"if all targets are {alike[0, 0]}")
    for scale in (0.5, 1.5):
        for sizes in all_sizes(case):
            logits, targets = example(case, *sizes)
            expect_value(sequence_loss, scale * logits, targets, f"for shape {list(sizes)}")


@check.property("sizes that happen to be equal change nothing")
def equal_sizes(sequence_loss: Any, case: Case) -> None:
    expect_axes_told_apart(sequence_loss, case)


@check.property("any memory layout works: transposed or sliced logits and targets")
def layout(sequence_loss: Any, case: Case) -> None:
    expect_varied(sequence_loss, case)
    logits, targets = example(case, *case.sizes(3, 4, 9))
    for what, view in VIEWS.items():
        found = one_number(call_in_float32_too(sequence_loss, view(logits), view(targets))).item()
        same = loss_of(sequence_loss, view(logits).contiguous(), view(targets).contiguous())
        text = f"{what} in memory, the same numbers cost {found:.4f} instead of {same:.4f}"
        expect(near(found, same), "layout", text)


@check.property("logits and targets are left as they were, and not kept for the next call")
def untouched(sequence_loss: Any, case: Case) -> None:
    logits, targets = example(case, *case.sizes(3, 4, 9))
    given = [example(case, *sizes) for sizes in all_sizes(case)]
    given += [(view(logits), view(targets)) for view in VIEWS.values()]
    for (z, some), dtype in product(given, DTYPES):
        expect_untouched(sequence_loss, z.to(dtype), some)
    expect_nothing_kept(sequence_loss, logits, targets)


@check.property("the gradient belongs to the loss")
def gradient(sequence_loss: Any, case: Case) -> None:
    expect_varied(sequence_loss, case)
    usual = case.sizes(3, 3, 9)
    for sizes in (usual, (1, 1, 4), (1, 4, 3), (4, 1, 3), (2, 60, 3)):
        logits, targets = example(case, *sizes)
        finite = math.isfinite(loss_of(sequence_loss, logits, targets))  # or `value` judges it
        for scale in (1, 8) if finite or sizes == usual else ():
            expect_gradients(sequence_loss, scale * logits, targets, case)
    expect_no_backward(sequence_loss, logits, targets)


@check.property("logits as large as ±1000 give a finite loss of the right size")
def extreme(sequence_loss: Any, case: Case) -> None:
    expect_extremes(sequence_loss, case)
