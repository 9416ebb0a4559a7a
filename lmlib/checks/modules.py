"""What checks of different modules share; all of it looks from outside."""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from lmlib.checks.case import Case
from lmlib.checks.expect import close, expect


def expect_module(model: Any, name: str) -> None:
    """Demand an nn.Module whose `__init__` called that of nn.Module."""
    expect(isinstance(model, nn.Module), "not-a-module", f"{name}(…) is not an nn.Module")


def unfinished(model: nn.Module) -> bool:
    """Whether only a first call makes some of the parameters, as in nn.LazyLinear."""
    return any(is_lazy(p) or not p.numel() for p in model.parameters())


def expect_effect(logits: Tensor) -> None:
    """Demand that words do something: a model that does nothing is not right about anything."""
    text = "the logits are the same wherever a word stands, and whatever word it is"
    expect(not (logits == logits[:1]).all(), "constant", text)


def unchanged(model: nn.Module, weights: Sequence[Tensor]) -> bool:
    """Whether the parameters are still these, not-a-numbers included."""
    pairs = zip(model.parameters(), weights, strict=False)
    return all(torch.equal(a, b) or torch.equal(a.nan_to_num(), b.nan_to_num()) for a, b in pairs)


def fill(parameters: Iterable[Tensor], values: Tensor | float) -> None:
    """Overwrite parameters in place; a vector may carry axes of size 1."""
    with torch.no_grad():
        for parameter in parameters:
            new = torch.as_tensor(values).to(parameter.dtype)
            fits = new.numel() == parameter.numel()
            parameter.copy_(new.reshape(parameter.shape) if fits else new.expand_as(parameter))


def give_copies(model: nn.Module) -> None:
    """Let a model have copies of its inputs: what it does to them is one property's affair."""
    model.register_forward_pre_hook(
        lambda _, given: tuple(x.clone() if isinstance(x, Tensor) else x for x in given)
    )


def only_training_is_random(answer: Callable[[bool], Tensor]) -> bool:
    """Whether a model's answers differ by chance in training, but not in evaluation.

    One property judges it; the other ones then look at evaluation, as it shall cost no more points.
    """

    def repeats(training: bool) -> bool:
        first = answer(training)
        return all(torch.allclose(answer(training), first) for _ in range(3))

    with contextlib.suppress(Exception):  # other properties say what fails here
        return not repeats(True) and repeats(False)
    return False


def copy_parameters(source: nn.Module, target: nn.Module) -> None:
    """Give one model the values of another."""
    given, taken = list(source.parameters()), list(target.parameters())
    text = f"a model has {len(taken)} parameters when it is new, and {len(given)} after calls"
    expect(len(given) == len(taken), "parameters-grow", text)
    with torch.no_grad():
        for p, q in zip(given, taken, strict=True):
            q.copy_(p)


def start_anew(model: nn.Module, case: Case, vocab: int = 0, gain: float = 1.0) -> None:
    """Give all parameters random values of a usual size: an unusual start is no wrong model.

    Matrices with a row or column for each of `vocab` words get a standard deviation of 1, other
    ones gain / √size, vectors 0.1.
    """
    with torch.no_grad():
        for parameter in model.parameters():
            sizes = [size for size in parameter.shape if size > 1]
            wide = 1.0 if vocab in sizes else gain / max(sizes, default=1) ** 0.5
            parameter.copy_((wide if len(sizes) > 1 else 0.1) * case.normal(*parameter.shape))


def of_size(model: nn.Module, *shape: int) -> list[nn.Parameter]:
    """The parameters of this shape, or of its transpose; a vector may carry axes of size 1."""
    wanted = sorted(size for size in shape if size > 1)
    return [p for p in model.parameters() if sorted(s for s in p.shape if s > 1) == wanted]


def gradients_of(
    loss: Tensor, tensors: Sequence[Tensor], retain_graph: bool = False
) -> list[Tensor | None]:
    """The gradient of each tensor; None where it is frozen or takes no part."""
    expect(loss.requires_grad, "no-gradient", "no gradient can flow back through the result")
    open_ones = [tensor for tensor in tensors if tensor.requires_grad]
    found: Sequence[Tensor | None] = ()
    if open_ones:
        found = torch.autograd.grad(loss, open_ones, retain_graph=retain_graph, allow_unused=True)
    dense = iter([None if each is None else each.to_dense() for each in found])
    return [next(dense) if tensor.requires_grad else None for tensor in tensors]


def expect_some_parameters(model: nn.Module) -> None:
    """Demand that an optimizer would find something: what is not registered is not there."""
    expect(list(model.parameters()), "no-parameters", "the model's parameters() are empty")


def expect_gradients(model: nn.Module, loss: Tensor, where: str = "") -> None:
    """Demand that there are parameters, and that every one gets a gradient that is not zero."""
    expect_some_parameters(model)
    parameters = [parameter for parameter in model.parameters() if parameter.numel()]
    for parameter, gradient in zip(parameters, gradients_of(loss, parameters), strict=True):
        text = f"{where}a parameter of shape {list(parameter.shape)} gets no gradient"
        expect(gradient is not None and gradient.any(), "dead-parameter", text)


def expect_logits(logits: Tensor) -> None:
    """Logits are numbers of both signs whose softmax has not been taken yet."""
    flat = logits.detach().double().flatten(0, -2)
    text = "the outputs for every row add up to 1, as probabilities do"
    expect(not torch.allclose(flat.sum(-1), torch.ones(len(flat)).double()), "probabilities", text)
    text = "the exponentials of every row add up to 1: these are log-probabilities"
    total = flat.exp().sum(-1)
    expect(not torch.allclose(total, torch.ones_like(total)), "log-probabilities", text)
    both = (flat > 0).any() and (flat < 0).any()
    expect(both, "one-sign", "all outputs have the same sign; logits can be negative and positive")


def expect_rows_apart(
    call: Callable[[Tensor], Tensor], x: Tensor, other: Tensor, what: str = "row"
) -> None:
    """Changing all rows but the first must not change the first one's result."""
    changed = torch.cat([x[:1], other[1:]])
    first = call(x)[0]
    atol = 1e-5 * (1 + first.abs().max().item())
    text = f"other rows of the batch change the result of a {what}"
    expect(close(first, call(changed)[0], rtol=1e-4, atol=atol), "rows-mixed", text)
    text = f"a {what} alone gives another result than in a batch"
    expect(close(first, call(x[:1])[0], rtol=1e-4, atol=atol), "rows-mixed", text)
