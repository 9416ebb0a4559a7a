"""What the checks of several assignments ask: modes, gradients, purity, sharing, own work.

The functions that are marked with `@probe` run beside the student's code and judge nothing; the
`expect_…` functions judge what they bring back.
"""

import re
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from lmlib.checks import Symptom, beside, close, expect, probe
from lmlib.checks.beside import values


class Mode(NamedTuple):
    """What surrounds a call; its text begins a message."""

    training: bool
    grad: bool

    def __str__(self) -> str:
        under = "" if self.grad else " under torch.no_grad()"
        return f"in {'training' if self.training else 'evaluation'}{under}"


MODES = tuple(Mode(*pair) for pair in product((True, False), repeat=2))
TRAINING, SILENT, EVALUATION, _ = MODES  # silent: in training, but under no_grad


def same(a: Tensor, b: Tensor) -> bool:
    """Whether two results agree as well as float32 work can."""
    return close(a, b, rtol=1e-4, atol=1e-5 * (1 + b.abs().max().item()))


def is_matrix(weight: Tensor) -> bool:
    """Whether it has two axes or more; a bias may be kept as [1, H]."""
    return weight.squeeze().dim() > 1


def tensors_of(tree: Any) -> list[Tensor]:
    """The tensors of a nest of lists, tuples and dictionaries, in order."""
    if isinstance(tree, Tensor):
        return [tree]
    if isinstance(tree, dict):
        tree = list(tree.values())
    return [t for part in tree for t in tensors_of(part)] if isinstance(tree, list | tuple) else []


# --- probes --------------------------------------------------------------------------------------


def switch(thing: Any, training: bool) -> list[Tensor]:
    """Put a module into a mode; return its parameters. A function has neither."""
    if not isinstance(thing, nn.Module):
        return []
    thing.train(training)
    return list(thing.parameters())


@probe
def is_module(thing: Any) -> bool:
    return isinstance(thing, nn.Module)


@probe
def count_frozen(module: nn.Module) -> int:
    """How many parameters no optimizer would train."""
    return sum(not p.requires_grad for p in module.parameters())


@probe
def read_weights(module: nn.Module) -> list[Tensor]:
    return list(module.parameters())


@probe
def fill(module: nn.Module, numbers: Tensor) -> None:
    """Write one long vector into all parameters, in their order."""
    parameters = list(module.parameters())
    parts = numbers.split([p.numel() for p in parameters])
    with torch.no_grad():
        for parameter, part in zip(parameters, parts, strict=True):
            parameter.copy_(part.view_as(parameter))


@probe
def each_alone(module: nn.Module, args: tuple[Any, ...], base: Tensor) -> list[Tensor]:
    """Where parameters stand: one call for each of their numbers, with that one 1 higher.

    `base` holds all numbers, in the parameters' order: with zeros, one is 1 and all others are 0.
    Returns the tensors of the results, each with a first axis for the number that was higher.
    """
    found = []
    with torch.no_grad():
        for k in range(len(base)):
            numbers = base.clone()
            numbers[k] += 1
            fill(module, numbers)
            found.append(tensors_of(module(*values(args))))
    return [torch.stack(tensors) for tensors in zip(*found, strict=True)]


@probe
def call_with_layer(function: Any, weight: Tensor, bias: Tensor, *args: Tensor) -> Any:
    """Call a function whose first argument is a layer, which gets these weights."""
    layer = nn.Linear(*weight.T.shape).to(weight.dtype)
    fill(layer, torch.cat([weight.flatten(), bias]))
    return function(layer, *args)


@probe
def call_each(thing: Any, inputs: Sequence[tuple[Any, ...]], mode: tuple[bool, bool]) -> list[Any]:
    """One call for each tuple of arguments, in a mode (training, grad)."""
    training, grad = mode
    switch(thing, training)
    with torch.set_grad_enabled(grad):
        return [thing(*values(args)) for args in inputs]


# Other memory for the same numbers.
LAYOUTS: dict[str, Callable[[Tensor], Tensor]] = {
    "transposed": lambda x: x.transpose(0, 1).contiguous().transpose(0, 1),
    "sliced": lambda x: torch.cat([x, x, x], 1)[:, x.size(1) : -x.size(1)],
    "with the last axis first": lambda x: x.movedim(-1, 0).contiguous().movedim(0, -1),
}


@probe
def call_in_layouts(thing: Any, args: tuple[Any, ...]) -> dict[str, Any]:
    """One call for each of the `LAYOUTS`, which would not travel."""
    return {
        name: thing(*(lay_out(a) if isinstance(a, Tensor) else a for a in args))
        for name, lay_out in LAYOUTS.items()
    }


@probe
def slopes(thing: Any, args: tuple[Tensor, ...], picks: Sequence[Tensor], training: bool) -> Any:
    """The gradients of Σ pick · result at each floating-point argument and at each parameter.

    `picks` are the weights of the result's tensors, in order. Returns (gradients at the arguments,
    gradients at the parameters), each None where none arrives; or None if nothing needs gradient.
    """
    parameters = [p for p in switch(thing, training) if p.requires_grad]
    inputs = [a.clone().requires_grad_(a.is_floating_point()) for a in args]
    leaves = [a for a in inputs if a.requires_grad]
    # The arguments are no leaves themselves: code may write to them and be caught otherwise.
    results = tensors_of(thing(*(a * 1 for a in inputs)))
    total = sum((pick * r).sum() for pick, r in zip(picks, results, strict=False))
    if not isinstance(total, Tensor) or not total.requires_grad:
        return None
    found = torch.autograd.grad(total, leaves + parameters, allow_unused=True)
    dense = [None if g is None else g.to_dense() for g in found]
    return dense[: len(leaves)], dense[len(leaves) :]


@probe
def slope_each(
    thing: Any, inputs: Sequence[tuple[Any, ...]], training: bool = True
) -> list[tuple[Any, Any, bool]]:
    """Of each call: the result, its slope at the first argument, and whether it ran backward.

    The slope is that of three times the mean of the result's elements, or None; all calls come
    before the first slope, so what belongs to one call must not be kept in place of another's.
    """
    switch(thing, training)
    leaves = [args[0].clone().requires_grad_() for args in inputs]
    calls = zip(leaves, inputs, strict=True)
    results = [thing(leaf * 1, *values(args[1:])) for leaf, args in calls]
    found: list[tuple[Any, Any, bool]] = []
    for leaf, result in zip(leaves, results, strict=True):
        tensors, slope = tensors_of(result), None
        if tensors and tensors[0].requires_grad:
            (slope,) = torch.autograd.grad(3 * tensors[0].mean(), leaf, allow_unused=True)
        found.append((result, slope, leaf.grad is not None))
    return found


@probe
def traces(
    thing: Any, args: tuple[Any, ...], others: tuple[Any, ...], mode: tuple[bool, bool]
) -> dict[str, Any]:
    """What calls leave behind: call with `args`, then with `others`, then with `args` again.

    "arguments": the places of the arguments that a call changed; "parameters": whether one changed;
    "results": whether the first results changed later; "first" and "again": the two results.
    """
    training, grad = mode
    parameters = switch(thing, training)
    weights, given = values(parameters), values(args)
    with torch.set_grad_enabled(grad):
        first = tensors_of(thing(*given))
        kept = values(first)
        pairs = enumerate(zip(tensors_of(given), tensors_of(args), strict=True))
        changed = [k for k, (now, old) in pairs if not torch.equal(now, old) or now.requires_grad]
        thing(*values(others))
        results = not all(map(torch.equal, first, kept))
        again = tensors_of(thing(*values(args)))
    moved = not all(map(torch.equal, weights, parameters))
    seen = {"arguments": changed, "parameters": moved, "results": results}
    return {**seen, "first": kept, "again": again}


class _CallRecorder(TorchFunctionMode):
    """Notes the names of the torch functions and methods that Python code calls."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.names.add(getattr(func, "__name__", "").partition(".")[0])
        return func(*args, **(kwargs or {}))


@probe
def names_called(thing: Any, args: tuple[Any, ...], training: bool) -> list[str]:
    """The names of PyTorch's functions that a call uses, and of the classes it inherits from."""
    switch(thing, training)
    with _CallRecorder() as recorder:
        thing(*values(args))
    kinds = [k.__name__ for k in type(thing).__mro__ if k.__module__.startswith("torch.")]
    return sorted(recorder.names.union(kinds))


# --- judgements ----------------------------------------------------------------------------------


def one_number(result: Any, what: str) -> Tensor:
    """A result in whatever form, which another property judges; of many numbers it is the mean."""
    result = result[0] if isinstance(result, tuple | list) and result else result
    result = torch.tensor(result) if isinstance(result, int | float) else result
    expect(isinstance(result, Tensor), "not-a-tensor", f"{what} is {type(result).__name__}")
    number: Tensor = result.double().mean()
    return number


def expect_parts(result: Any, count: int, id: str, text: str) -> Any:
    """Return the result if it is a tuple or a list of this many parts."""
    expect(isinstance(result, tuple | list) and len(result) == count, id, text)
    return result


def size_of(module: Any) -> int:
    """How many numbers the parameters hold."""
    return sum(p.numel() for p in beside(read_weights, module))


def expect_module(thing: Any, what: str) -> None:
    """Demand an nn.Module."""
    expect(beside(is_module, thing), "not-a-module", f"{what} is not an nn.Module")


def expect_own_work(thing: Any, args: tuple[Any, ...], ready_made: re.Pattern[str]) -> None:
    """Demand that no function of PyTorch's whose whole name matches does the work."""
    for training in (True, False):
        names = beside(names_called, thing, args, training)
        used = [name for name in names if ready_made.fullmatch(name)]
        expect(not used, "own-work", f"your code calls PyTorch's own {', '.join(used)}")


def expect_untouched(
    thing: Any, args: tuple[Any, ...], others: tuple[Any, ...], names: Sequence[str], mode: Mode
) -> dict[str, Any]:
    """Demand that a call changes no argument, parameter or earlier result; return its `traces`.

    `names` are those of the tensors among the arguments; `others` are arguments of another call.
    """
    found: dict[str, Any] = beside(traces, thing, args, others, mode)
    changed = " and ".join(names[place] for place in found["arguments"])
    expect(not changed, "input-changed", f"{mode}, a call changes its {changed}")
    kept = not found["parameters"]
    expect(kept, "parameter-changed", f"{mode}, a call changes a parameter")
    text = f"{mode}, what a call returned holds other numbers after the next call"
    expect(not found["results"], "result-changed", text)
    return found


def expect_pure(
    thing: Any, args: tuple[Any, ...], others: tuple[Any, ...], names: Sequence[str], mode: Mode
) -> None:
    """Demand the same, and that the call repeats itself after another one."""
    found = expect_untouched(thing, args, others, names, mode)
    first, again = ([t.nan_to_num() for t in found[name]] for name in ("first", "again"))
    text = f"{mode}, the same call gives another result later"
    expect(all(map(close, again, first)), "not-repeatable", text)


def expect_formula(
    id: str, what: str, found: Tensor, formula: str, wanted: Tensor, slips: dict[str, Tensor]
) -> None:
    """Demand what a formula gives; else say which slip explains all numbers, or show two of them.

    A slip completes "… is as if"; its tensor is what that would give.
    """

    def fits(other: Tensor) -> bool:  # a tiny state is a sum's chance, and has its rounding
        return torch.allclose(found, other.expand_as(found), rtol=1e-4, atol=1e-5)

    if fits(wanted):
        return
    for slip, other in slips.items():
        expect(not fits(other), id, f"{what} is as if {slip}")
    at = (found - wanted).abs().argmax()
    text = f"{what} is {found.flatten()[at]:.6g}; {formula} is {wanted.flatten()[at]:.6g}"
    raise Symptom(id, text)


def expect_logits(logits: Tensor) -> None:
    """Logits are numbers of both signs whose softmax has not been taken yet."""
    flat = logits.double().flatten(0, -2)
    ones = torch.ones_like(flat[:, 0])
    text = "the outputs for every row add up to 1, as probabilities do"
    expect(not torch.allclose(flat.sum(-1), ones), "probabilities", text)
    text = "the exponentials of every row add up to 1: these are log-probabilities"
    expect(not torch.allclose(flat.exp().sum(-1), ones), "log-probabilities", text)
    both = (flat > 0).any() and (flat < 0).any()
    expect(both, "one-sign", "all outputs have the same sign; logits can be negative and positive")
