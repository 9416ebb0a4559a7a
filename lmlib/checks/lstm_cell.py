"""Properties of an LSTM cell, whatever its layout: gate by gate, or as two matrix products."""

from typing import Any

from torch import nn

from lmlib.checks.case import Case
from lmlib.checks.expect import close, expect, expect_close, expect_tensor
from lmlib.checks.lstm_calls import expect_calls
from lmlib.checks.lstm_demands import (
    expect_biases,
    expect_four_gates,
    expect_interface,
    expect_memory,
    expect_output,
    expect_parameters,
)
from lmlib.checks.lstm_form import cell_of, data, expect_weights_count
from lmlib.checks.lstm_gradient import expect_input_gradients, expect_parameter_gradients
from lmlib.checks.lstm_pure import expect_pure
from lmlib.checks.lstm_results import step
from lmlib.checks.lstm_work import ALL, READY_MADE, expect_own_work, expect_two_products
from lmlib.checks.suite import Suite

check = Suite("lstm_cell", "LSTMCell", "RefactoredLSTMCell", "gate", ready_made=READY_MADE)


@check.property("gate joins h and x side by side and gives the sigmoid of the layer's result")
def gate_step(gate: Any, case: Case) -> None:
    batch, size, hidden = case.sizes(3, 3, 9)
    (x, h, _), layer = data(case, batch, size, hidden), nn.Linear(hidden + size, hidden).double()
    found = expect_tensor(gate(layer, h, x), (batch, hidden), x.dtype, "the gate")
    by_h, by_x = layer.weight.split([hidden, size], dim=1)
    wanted = (h @ by_h.T + x @ by_x.T + layer.bias).sigmoid()
    expect_close(found, wanted, "gate-value", "the gate is another one; does h come first?")


@check.property("a cell is a module; it returns output, (h, c), where the output is the new h")
def interface(LSTMCell: Any, case: Case) -> None:
    expect_interface(LSTMCell, "LSTMCell", case)
    expect_own_work(LSTMCell, case)


@check.property("the parameters are those of four gates, each with a bias")
def parameters(LSTMCell: Any, case: Case) -> None:
    expect_parameters(LSTMCell, case)
    expect_own_work(LSTMCell, case)


@check.property("rows stay apart, nothing is remembered, and x, h and c are left as they were")
def pure(LSTMCell: Any, case: Case) -> None:
    expect_pure(LSTMCell, case)
    expect_own_work(LSTMCell, case)


@check.property("x, h and c each change the result")
def inputs_matter(LSTMCell: Any, case: Case) -> None:
    inputs, hidden = case.sizes(2, 4, 8)
    cell, (x, h, c) = cell_of(LSTMCell, inputs, hidden, case), data(case, 3, inputs, hidden)
    before = step(cell, x, h, c)
    for name, other in (("x", (x + 1, h, c)), ("h", (x, h + 1, c)), ("c", (x, h, c + 1))):
        same = all(close(*pair) for pair in zip(before, step(cell, *other), strict=True))
        expect(not same, f"ignores-{name}", f"another {name} gives the same new state")
    expect_own_work(LSTMCell, case)


@check.property("the new c is f · c + i · g, with sigmoids for f and i and tanh for g")
def memory(LSTMCell: Any, case: Case) -> None:
    expect_memory(LSTMCell, case)
    expect_own_work(LSTMCell, case)


@check.property("the new h is o · tanh(c) of the new c, with a sigmoid for o")
def output(LSTMCell: Any, case: Case) -> None:
    expect_output(LSTMCell, case)
    expect_own_work(LSTMCell, case)


@check.property("every gate has a bias, added before the sigmoid or tanh")
def biases(LSTMCell: Any, case: Case) -> None:
    expect_biases(LSTMCell, case)
    expect_own_work(LSTMCell, case)


@check.property("the four gates have weights of their own, and none of them looks at c")
def four_gates(LSTMCell: Any, case: Case) -> None:
    expect_four_gates(LSTMCell, case)
    expect_own_work(LSTMCell, case)


@check.property("in training or not, one row or many, small numbers or large: the same equations")
def every_call(LSTMCell: Any, case: Case) -> None:
    expect_calls(LSTMCell, case)
    expect_own_work(LSTMCell, case)


@check.property("gradients reach x, h and c, also five steps back")
def gradient(LSTMCell: Any, case: Case) -> None:
    inputs, hidden = case.sizes(2, 4, 8)
    expect_input_gradients(cell_of(LSTMCell, inputs, hidden, case), inputs, hidden, case)
    expect_own_work(LSTMCell, case)


@check.property("every parameter gets the gradient that belongs to it")
def all_learn(LSTMCell: Any, case: Case) -> None:
    inputs, hidden = case.sizes(2, 4, 8)
    expect_parameter_gradients(cell_of(LSTMCell, inputs, hidden, case), inputs, hidden, case)
    expect_own_work(LSTMCell, case)


@check.property("the refactored cell has the same interface and parameters, and stores nothing")
def refactored_interface(RefactoredLSTMCell: Any, case: Case) -> None:
    expect_interface(RefactoredLSTMCell, "RefactoredLSTMCell", case)
    expect_parameters(RefactoredLSTMCell, case)
    expect_pure(RefactoredLSTMCell, case)
    expect_own_work(RefactoredLSTMCell, case)


@check.property("the refactored cell computes an LSTM's step")
def refactored_step(RefactoredLSTMCell: Any, case: Case) -> None:
    for demand in (
        expect_memory,
        expect_output,
        expect_biases,
        expect_four_gates,
        expect_calls,
        expect_own_work,
    ):
        demand(RefactoredLSTMCell, case)


@check.property("in the refactored cell, gradients reach x, h, c and every parameter")
def refactored_gradient(RefactoredLSTMCell: Any, case: Case) -> None:
    inputs, hidden = case.sizes(2, 4, 8)
    cell = cell_of(RefactoredLSTMCell, inputs, hidden, case)
    expect_input_gradients(cell, inputs, hidden, case)
    expect_parameter_gradients(cell, inputs, hidden, case)
    expect_own_work(RefactoredLSTMCell, case)


@check.property("the refactored cell takes at most two matrix products a step, without PyTorch's")
def two_products(RefactoredLSTMCell: Any, case: Case) -> None:
    expect_two_products(RefactoredLSTMCell, case)
    expect_own_work(RefactoredLSTMCell, case, ALL)


@check.property("the equations are your own, without PyTorch's LSTM")
def own_work(LSTMCell: Any, case: Case) -> None:
    expect_weights_count(LSTMCell, case)
    expect_own_work(LSTMCell, case, ALL)
