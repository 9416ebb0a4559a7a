"""Properties of an LSTM cell, whatever its layout: gate by gate, or as two matrix products.

Where all weights are one number, all gates see the same sum; so the equations can be judged, and
slips named, without knowing which parameter is which. Then each parameter alone is set to 1, which
shows where it stands, and `nn.LSTMCell` gets the same weights: it gives what any call must give.
"""

import re
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from lmlib.checks import Case, Suite, beside, close, expect, expect_close, expect_tensor, kit, probe
from lmlib.checks.beside import values
from lmlib.checks.kit import MODES, call_each, each_alone, fill, read_weights, size_of, slopes

check = Suite("lstm_cell", "LSTMCell", "RefactoredLSTMCell", "gate")
READY_MADE = re.compile(r"\w*lstm\w*|(Quantiz\w*)?LSTM\w*")
PRODUCTS = {"mm", "addmm", "bmm", "baddbmm", "mv", "addmv", "dot", "convolution"}
GATES = "input gate", "forget gate", "candidate", "output gate"
EXACT = {"rtol": 1e-9, "atol": 1e-9}


# --- the reference, and cells to compare with it -------------------------------------------------


class Reference(nn.LSTMCell):
    """PyTorch's cell with the results in the course's order."""

    def forward(self, input: Tensor, state: Any = None) -> Any:
        h, c = super().forward(input, state)
        return h, (h, c)


def new_cell(Cell: Any, inputs: int, hidden: int) -> Any:
    """A cell in float64; one call gives lazy layers their shapes."""
    cell = Cell(inputs, hidden)
    cell(torch.zeros(2, inputs), (torch.zeros(2, hidden), torch.zeros(2, hidden)))
    cell.double()
    return cell


def data(case: Case, batch: int, inputs: int, hidden: int) -> tuple[Tensor, Tensor, Tensor]:
    """x, h and c in float64."""
    x, h, c = (case.nonzero(batch, n, dtype=torch.float64) for n in (inputs, hidden, hidden))
    return x, h, c


def state_of(result: Any, like: Tensor) -> tuple[Tensor, Tensor]:
    """Demand `output, (h, c)` with output = h; return the new h and c."""
    text = "the cell does not return two things: output, (h, c)"
    output, state = kit.expect_parts(result, 2, "not-a-pair", text)
    text = "what comes second is not a pair (h, c); the output comes first, then the new state"
    h, c = kit.expect_parts(state, 2, "state-not-a-pair", text)
    for value, what in ((output, "the output"), (h, "the new h"), (c, "the new c")):
        expect_tensor(value, like.shape, like.dtype, what)
    text = "the output and the first part of the new state differ: both should be the new h"
    expect(torch.equal(output.nan_to_num(), h.nan_to_num()), "output-not-h", text)
    return h, c


def step(cell: Any, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
    """The new h and c; the cell gets copies, for it may write to them."""
    return state_of(cell(*values((x, (h, c)))), h)


def biases_of(cell: Any, inputs: int, hidden: int, case: Case) -> Tensor:
    """Which numbers of a cell's parameters count where x and h are 0: True or False for each."""
    base = case.normal(size_of(cell), dtype=torch.float64) / 3
    x, h, c = data(case, 2, inputs, hidden)
    beside(fill, cell, base)
    before = torch.cat(step(cell, 0 * x, 0 * h, c))
    _, *after = beside(each_alone, cell, (0 * x, (0 * h, c)), base)
    bias = ((torch.cat(after, dim=1) - before).abs() > 1e-9).flatten(1).any(1)
    text = f"where x and h are 0, {int(bias.sum())} numbers of the parameters still count; the "
    text += f"biases are {4 * hidden} or {8 * hidden}. What is not 0 there: c?"
    expect(bias.sum() <= 8 * hidden, "gate-sees-c", text)
    return bias


def places(cell: Any, inputs: int, hidden: int) -> Tensor:
    """What each parameter, alone at 1, adds to the sums that the gates see.

    [parameters, 1 + inputs + hidden, 4, hidden]: first for x = h = 0, then where one number of x
    and h is 1. With c = 0 the new c is i · g, with c = 1 it is f more, and o is h / tanh(c).
    """
    count, width = size_of(cell), inputs + hidden
    rows = torch.cat([torch.zeros(1, width), torch.eye(width)]).double()
    x, h = rows.split([inputs, hidden], dim=1)
    twice = torch.cat([x, x]), (torch.cat([h, h]), torch.cat([0 * h, 0 * h + 1]))
    nothing = torch.zeros(count, dtype=torch.float64)
    _, shown, new = beside(each_alone, cell, twice, nothing)
    written, kept = new.chunk(2, dim=1)
    f, o = (kept - written).logit(), (shown / new.tanh()).chunk(2, dim=1)[1].logit()
    g = written / (0.5 * torch.ones(()).double().tanh())
    full = 9.0 * (g[:, 0] > 0.5).any(1)  # the biases of g at 9, so that i · g is as good as i
    i = beside(each_alone, cell, (x, (h, 0 * h)), full)[2].logit()
    return torch.stack([i, f, g, o], dim=2)


def twin(cell: Any, inputs: int, added: Tensor, numbers: Tensor) -> Reference:
    """Put numbers into a cell; return PyTorch's cell with the same weights."""
    beside(fill, cell, numbers)
    bias, *columns = torch.einsum("n,nru->ru", numbers, added.round().flatten(2))
    weight = torch.stack(columns, dim=1) - bias[:, None]
    reference = Reference(inputs, added.shape[-1]).double()
    with torch.no_grad():
        reference.bias_ih.copy_(bias)
        reference.bias_hh.zero_()
        reference.weight_ih.copy_(weight[:, :inputs])
        reference.weight_hh.copy_(weight[:, inputs:])
    return reference


# --- what runs beside the student's code ---------------------------------------------------------


class FiveSteps(nn.Module):
    """Reads the same input five times; returns the last h and c."""

    def __init__(self, cell: nn.Module) -> None:
        super().__init__()
        self.cell = cell

    def forward(self, x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        for _ in range(5):
            _, (h, c) = self.cell(x, (h, c))
        return h, c


@probe
def slopes_back(cell: nn.Module, args: Any, picks: Any, training: bool) -> Any:
    return slopes(FiveSteps(cell), args, picks, training)


class Products(TorchDispatchMode):
    """Counts the matrix products that PyTorch does, whatever Python calls them."""

    count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += func._schema.name.removeprefix("aten::") in PRODUCTS
        return func(*args, **(kwargs or {}))


@probe
def count_products(cell: nn.Module, x: Tensor, h: Tensor, c: Tensor, training: bool) -> int:
    cell.train(training)
    with Products() as products:
        cell(x, (h, c))
    return products.count


# --- the properties ------------------------------------------------------------------------------


@check.property("gate joins h and x side by side and gives the sigmoid of the layer's result")
def gate_step(gate: Any, case: Case) -> None:
    batch, size, hidden = case.sizes(3, 3, 9)
    x, h, _ = data(case, batch, size, hidden)
    weight, bias = case.normal(hidden, hidden + size).double(), case.normal(hidden).double()
    found = beside(kit.call_with_layer, gate, weight, bias, h, x)
    z, swapped = (torch.cat(pair, dim=1) @ weight.T + bias for pair in ((h, x), (x, h)))
    slips = {
        "nothing squashed it: it goes below 0 and above 1": z,
        "it were a tanh, which goes from −1 to 1": z.tanh(),
        "it were a softmax, whose values add up to 1": z.softmax(1),
        "it were a softmax over the rows of the batch": z.softmax(0),
        "x stood before h": swapped.sigmoid(),
    }
    found = expect_tensor(found, (batch, hidden), x.dtype, "the gate")
    kit.expect_formula("gate-value", "the gate", found, "σ(layer([h; x]))", z.sigmoid(), slips)


def same_sums(
    cell: Any, inputs: int, hidden: int, case: Case
) -> Iterator[tuple[str, Tensor, tuple[Tensor, Tensor, Tensor]]]:
    """Give all weights one number, and the biases 0: (setting, what all gates see, x, h and c)."""
    x, h, c = data(case, 4, inputs, hidden)
    beside(fill, cell, torch.zeros(size_of(cell)))
    text = "the new c is made of the old h instead of the old c"
    expect(not close(step(cell, x, h, c)[1], h / 2), "state-swapped", text)
    bias = biases_of(cell, inputs, hidden, case)
    for w in (case.uniform(0.1, 0.2), -case.uniform(0.1, 0.2)):
        x, h, c = data(case, 4, inputs, hidden)
        beside(fill, cell, torch.where(bias, 0, w).double())
        s = w * torch.cat([x, h], dim=1).sum(1, keepdim=True)
        yield f"every weight {w}, every bias 0", s.expand_as(h), (x, h, c)


def expect_state(setting: str, found: tuple[Tensor, ...], wanted: tuple[Tensor, ...]) -> None:
    """Demand the h and c of the reference."""
    for name, mine, right in zip("hc", found, wanted, strict=True):
        at = (mine - right).abs().argmax()
        text = f"{setting}: the new {name} is {mine.flatten()[at]:.6g}; by the equations, with the "
        text += f"same weights, it is {right.flatten()[at]:.6g}"
        expect(torch.allclose(mine, right, 1e-5, 1e-6), "call-differs", text)
        text = f"{setting}: the new {name} has only as many right digits as float32 has"
        expect(torch.allclose(mine, right, EXACT["rtol"], EXACT["atol"]), "rounded", text)


@check.property("a cell is a module; it returns output, (h, c), where the output is the new h")
def interface(LSTMCell: Any, case: Case) -> None:
    sizes = case.sizes(2, 2, 9), (5, 5), (3, 1), (1, 4)
    for batch, (inputs, hidden) in zip((4, 1, 3, 2), sizes, strict=True):
        cell = LSTMCell(inputs, hidden)
        kit.expect_module(cell, "the cell")
        x, h, c = (part.float() for part in data(case, batch, inputs, hidden))
        kit.expect_own_work(cell, (x, (h, c)), READY_MADE)
        for mode in MODES:
            state_of(beside(call_each, cell, [(x, (h, c))], mode)[0], h)
        text = "parameters of a new cell are no finite numbers; were they ever given a value?"
        finite = all(p.isfinite().all() for p in beside(read_weights, cell))
        expect(finite, "not-finite", text)
    LSTMCell(input_size=3, hidden_size=5)


@check.property("there are as many parameters as in four gates, and they are the cell's own")
def parameters(LSTMCell: Any, case: Case) -> None:
    cell, other = LSTMCell(3, 5), LSTMCell(3, 5)
    for each in (cell, other):
        each(torch.ones(2, 3), (torch.ones(2, 5), torch.ones(2, 5)))
    before = beside(read_weights, other)
    beside(fill, cell, torch.full((size_of(cell),), 3.0))
    apart = all(map(torch.equal, before, beside(read_weights, other)))
    expect(apart, "weights-shared", "another cell's weights change along with those of a cell")
    for inputs, hidden in (case.sizes(2, 2, 9), (5, 5)):
        count, weights = size_of(new_cell(LSTMCell, inputs, hidden)), 4 * (inputs + hidden) * hidden
        text = "the cell has no parameters: PyTorch does not know of its layers or weights"
        expect(count, "parameter-count", text)
        text = f"for input size {inputs} and hidden size {hidden} there are {count} parameters; "
        text += f"four gates have {weights} weights and {4 * hidden} or {8 * hidden} biases"
        expect(weights <= count <= weights + 8 * hidden, "parameter-count", text)


@check.property("rows stay apart, nothing is kept, and x, h and c are left alone", ["interface"])
def pure(LSTMCell: Any, case: Case) -> None:
    inputs, hidden = case.sizes(2, 4, 8)
    one, other = (
        (x.float(), (h.float(), c.float()))
        for x, h, c in (data(case, 4, inputs, hidden) for _ in range(2))
    )
    x, (h, c) = one
    cell = LSTMCell(inputs, hidden)
    calls = [one, other, one, (x[:1], (h[:1], c[:1]))]
    first, _, later, alone = map(kit.tensors_of, beside(call_each, cell, calls, MODES[0]))
    text = "the same call gives another result later"
    expect(all(map(close, first, later)), "not-repeatable", text)
    text = "a row alone gives another result than in a batch"
    apart = all(close(rows[:1], row) for rows, row in zip(first, alone, strict=True))
    expect(apart, "rows-mixed", text)
    for mode in MODES:
        kit.expect_pure(cell, one, other, "xhc", mode)


NEEDS = ["interface", "parameters"]


@check.property("the new c is f · c + i · g, with sigmoids for f and i and tanh for g", NEEDS)
def memory(LSTMCell: Any, case: Case) -> None:
    inputs, hidden = case.sizes(2, 4, 8)
    cell, (x, h, c) = new_cell(LSTMCell, inputs, hidden), data(case, 4, inputs, hidden)
    before = step(cell, x, h, c)
    for name, other in (("x", (x + 1, h, c)), ("h", (x, h + 1, c)), ("c", (x, h, c + 1))):
        same = all(map(close, before, step(cell, *other)))
        expect(not same, f"ignores-{name}", f"another {name} gives the same new h and c")
    for setting, s, (x, h, c) in same_sums(cell, inputs, hidden, case):
        gate, g = s.sigmoid(), s.tanh()
        written, new_c, twice = (step(cell, x, h, k * c)[1] for k in (0, 1, 2))
        expect(not close(new_c, c), "wrong-memory", "the new c is the old one")
        text = "the new c is not a straight line in c: a gate looks at c, or something cuts it off"
        expect(close(twice - new_c, new_c - written), "wrong-memory", text)
        slips = {
            "the candidate were a sigmoid": gate * gate,
            "the candidate were not squashed": gate * s,
            "the candidate were a ReLU": gate * s.relu(),
            "the candidate were taken away": -gate * g,
            "the candidate were written whole, without a gate": g,
            "the input gate were 1 minus the forget gate": (1 - gate) * g,
            "the forget gate were added": gate + gate * g,
            "no gate were squashed": s * g,
        }
        what = f"{setting}, c = 0: the new c"
        kit.expect_formula("wrong-writing", what, written, "i · g", gate * g, slips)
        slips = {
            "the old c were kept whole, without a gate": c + written,
            "1 minus the forget gate were kept": (1 - gate) * c + written,
            "the forget gate were a tanh": g * c + written,
            "the forget gate were not squashed": s * c + written,
            "the forget gate saw 1 more": (s + 1).sigmoid() * c + written,
        }
        what = f"{setting}: the new c"
        wanted = gate * c + gate * g
        kit.expect_formula("wrong-memory", what, new_c, "f · c + i · g", wanted, slips)


@check.property("the new h is o · tanh(c) of the new c, with a sigmoid for o", NEEDS)
def output(LSTMCell: Any, case: Case) -> None:
    inputs, hidden = case.sizes(2, 4, 8)
    cell = new_cell(LSTMCell, inputs, hidden)
    for setting, s, (x, h, c) in same_sums(cell, inputs, hidden, case):
        gate, (new_h, new_c) = s.sigmoid(), step(cell, x, h, c)
        if close(new_h, gate * (gate * c + gate * s.tanh()).tanh()):
            continue  # it shows the right c, even if another one was returned
        slips = {
            "it were made of the old c": gate * c.tanh(),
            "there were no output gate": new_c.tanh(),
            "the memory were not squashed on its way out": gate * new_c,
            "the memory were squashed by a sigmoid": gate * new_c.sigmoid(),
            "the output gate were a tanh": s.tanh() * new_c.tanh(),
            "the output gate were not squashed": s * new_c.tanh(),
        }
        what, wanted = f"{setting}: the new h", gate * new_c.tanh()
        kit.expect_formula("wrong-output", what, new_h, "o · tanh(c) of the new c", wanted, slips)


@check.property("every gate has a bias, added before the sigmoid or tanh", ["memory", "output"])
def biases(LSTMCell: Any, case: Case) -> None:
    inputs, hidden = case.sizes(2, 4, 8)
    cell, (x, h, c) = new_cell(LSTMCell, inputs, hidden), data(case, 4, inputs, hidden)
    bias, b = biases_of(cell, inputs, hidden, case), case.uniform(0.2, 0.9)
    beside(fill, cell, torch.where(bias, b, 0).double())
    (_, written), (new_h, new_c) = step(cell, x, h, 0 * c), step(cell, x, h, c)
    s = torch.tensor([b, 2 * b]).double()
    for name, found, allowed, missing in (
        ("forget gate", (new_c - written) / c, s.sigmoid(), 0 * s + 0.5),
        (
            "input gate or candidate",
            written,
            s.sigmoid() * s.tanh(),
            torch.cat([0 * s, s.tanh() / 2]),
        ),
        ("output gate", new_h / new_c.tanh(), s.sigmoid(), 0 * s + 0.5),
    ):
        text = f"the {name} has no bias that counts"
        none = any(close(found, value.expand_as(found)) for value in missing)
        expect(not none, "wrong-bias", text)
        text = f"with every weight 0, the {name} still changes with c"
        expect(close(found, found[:1, :1].expand_as(found)), "gate-sees-c", text)
        text = f"with every weight 0 and every bias {b}, the {name} is not that of biases inside "
        text += "the sigmoid or tanh"
        good = any(close(found, value.expand_as(found)) for value in allowed)
        expect(good, "wrong-bias", text)


@check.property("the four gates have weights of their own, and use all of them", ["biases"])
def four_gates(LSTMCell: Any, case: Case) -> None:
    inputs, hidden = case.sizes(2, 2, 4)
    added = places(new_cell(LSTMCell, inputs, hidden), inputs, hidden)
    off = (added - added.round()).abs().nan_to_num(1.0)
    text = "with one parameter at 1 and the others at 0, a gate sees "
    text += f"{added.flatten()[off.argmax()]:.3g} instead of 0 or 1"
    expect(off.max() < 1e-4, "gates-not-affine", text)
    used = (added.round() != 0).any(1)  # [parameters, gate, unit]
    for gates in used.any(2):
        names = " and the ".join(name for name, uses in zip(GATES, gates, strict=True) if uses)
        expect(gates.sum() <= 1, "gates-shared", f"the {names} use the same weights")
    expect(used.any(1).sum(1).max() <= 1, "gates-shared", "several units use the same weights")
    dead = int((~used.flatten(1).any(1)).sum())
    expect(not dead, "dead-parameter", f"{dead} of {len(added)} parameters are used by no gate")
    weights = added.round().sum(0)
    text = "a gate does not see each number of x and h through a weight of its own"
    expect((weights[1:] - weights[0] == 1).all(), "gates-shared", text)


@check.property("in training or not, one row or many: the same equations", ["four_gates"])
def every_call(LSTMCell: Any, case: Case) -> None:
    for inputs, hidden in (case.sizes(2, 2, 4), (3, 3), (2, 1), (1, 2)):
        cell = new_cell(LSTMCell, inputs, hidden)
        added = places(cell, inputs, hidden)
        for numbers in case.normal(2, len(added), dtype=torch.float64) / 2:
            reference = twin(cell, inputs, added, numbers)
            for rows, scale in ((5, 1), (1, 1), (70, 1), (3, 1e4), (3, 0)):
                x, h, c = (scale * part for part in data(case, rows, inputs, hidden))
                _, wanted = reference(x, (h, c))
                for mode in MODES:
                    [found] = beside(call_each, cell, [(x, (h, c))], mode)
                    special = {1e4: ", large numbers", 0: ", zeros"}.get(scale, "")
                    expect_state(f"{mode}, {rows} row(s){special}", state_of(found, h), wanted)


@check.property("gradients reach x, h, c, five steps back, and every weight", ["every_call"])
def gradient(LSTMCell: Any, case: Case) -> None:
    inputs, hidden = case.sizes(2, 2, 4)
    cell = new_cell(LSTMCell, inputs, hidden)
    added = places(cell, inputs, hidden)
    reference = twin(cell, inputs, added, case.normal(len(added), dtype=torch.float64) / 2)
    of_bias, of_rest = added.round().flatten(2).split([1, inputs + hidden], dim=1)
    for rows, training in ((7, True), (7, False), (1, True)):
        args = data(case, rows, inputs, hidden)
        picks = list(case.nonzero(2, rows, hidden, dtype=torch.float64))
        found = beside(slopes_back, cell, args, picks, training)
        expect(found, "no-gradient", "no gradient can flow back through the result")
        wanted, (by_x, by_h, by_bias, _) = slopes_back(reference, args, picks, training)
        for name, mine in zip("xhc", found[0], strict=True):
            expect(mine is not None, "no-gradient", f"no gradient reaches {name}, five steps back")
        for name, mine, right in zip("xhc", found[0], wanted, strict=True):
            text = f"five steps back, the gradient at {name} is not that of the equations"
            expect_close(mine, right, "wrong-gradient", text, **EXACT)
        arrived = [each.flatten() for each in found[1] if each is not None]
        none = len(added) - sum(map(len, arrived))
        expect(not none, "dead-parameter", f"{none} of {len(added)} parameters get no gradient")
        right = torch.einsum("nru,u->n", of_bias, by_bias)
        right += torch.einsum("nru,ur->n", of_rest - of_bias, torch.cat([by_x, by_h], dim=1))
        text = "the gradient at the parameters is not that of the equations"
        expect_close(torch.cat(arrived), right, "wrong-gradient", text, **EXACT)


@check.property(
    "the refactored cell has the same interface, keeps nothing and leaves x, h, c alone"
)
def refactored_interface(RefactoredLSTMCell: Any, case: Case) -> None:
    for demand in (interface, parameters, pure):
        demand(RefactoredLSTMCell, case)


@check.property("the refactored cell computes an LSTM's step", ["refactored_interface"])
def refactored_step(RefactoredLSTMCell: Any, case: Case) -> None:
    for demand in (memory, output, biases, four_gates, every_call, gradient):
        demand(RefactoredLSTMCell, case)


@check.property("the refactored cell takes at most two matrix products", ["refactored_step"])
def two_products(RefactoredLSTMCell: Any, case: Case) -> None:
    inputs, hidden = case.sizes(2, 4, 8)
    cell = new_cell(RefactoredLSTMCell, inputs, hidden)
    for training in (True, False):
        count = beside(count_products, cell, *data(case, 3, inputs, hidden), training)
        expect(count <= 2, "too-many-products", f"one step takes {count} matrix products")
