"""Whose code walks through the steps of a stack."""

import re
from collections.abc import Sequence
from typing import Any

import torch

from lmlib.checks.expect import expect
from lmlib.checks.remote import calls_of, has_ready_made
from lmlib.checks.stacked_results import needs_start

Calls = Sequence[tuple[int, bool, bool, int, int]]  # layers, training, h0, rows, steps
# In the names of PyTorch's own, as in rnn_tanh or mkldnn_rnn_layer, but not in its congruences;
# rnn_tanh_cell takes one step. The last ones are compiled loops, for RNN, GRU and LSTM alike.
READY_MADE = re.compile(
    r"(?:rnn_tanh|rnn_relu|rnn_layer|layer_rnn|rnn_helper|(?<![a-z])gru|lstm)(?!.*_cell$)"
    r"|/quantizable/modules/rnn\.py"
    r"|(?:full|packed|bidirectional)_layer$|^apply_layer_stack$"
)
USUAL_CALLS: Calls = ((1, True, False, 3, 6), (2, True, False, 3, 6))


def expect_own_work(StackedRNN: Any, calls: Calls = USUAL_CALLS) -> None:
    """Demand that no ready-made recurrent network of PyTorch is called."""
    if calls == USUAL_CALLS and not has_ready_made(StackedRNN):
        return
    for layers, training, start, batch, seq in calls:
        model = StackedRNN(4, 5, layers).train(training)
        x, h0 = torch.ones(batch, seq, 4), torch.ones(layers, batch, 5)
        given = (x, h0) if start or needs_start(model, x, h0) else (x,)
        names: set[str] = set()
        for grad in (True, False):
            with torch.set_grad_enabled(grad):  # copies: a model may change what it is given
                names |= calls_of(model, *(tensor.clone() for tensor in given))[1]
        made = sorted(filter(READY_MADE.search, names), key=_as_a_student_knows_it)
        name = "".join(made[:1])
        text = (
            f"your model calls {'torch.' * ('/' not in name)}{name}, which walks through all steps"
        )
        expect(not made, "own-work", text)


def _as_a_student_knows_it(name: str) -> tuple[bool, str]:
    """First what `torch` has, such as rnn_tanh, and then what that calls in turn."""
    return name not in vars(torch), name
