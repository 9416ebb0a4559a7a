"""Probes run where the student's code does, so none of them may hold an expectation."""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import lmlib.checks
from lmlib.checks.beside import PROBES, beside, probe

pytestmark = pytest.mark.quick

MODULES = [f"lmlib.checks.{m.name}" for m in pkgutil.iter_modules(lmlib.checks.__path__)]
for name in MODULES:
    importlib.import_module(name)

# What draws, judges or knows the right result. Private data would be read by the student's code.
JUDGES = {
    "Case",
    "Suite",
    "Symptom",
    "NotWritten",
    "Report",
    "Outcome",
    "case",
    "reference",
    "twin",
}
READY_MADE = {
    *("LSTMCell", "LSTM", "RNN", "RNNCell", "GRU", "cross_entropy", "nll_loss", "CrossEntropyLoss"),
    *("Dropout", "dropout", "mse_loss"),
}
# A model is trained with a loss, which is no expectation of it.
ALLOWED = {"lmlib.checks.two_word_model.train": {"cross_entropy"}}
STATEMENTS = (ast.Assert, ast.Raise)


def functions_behind(function: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """The function and all functions and classes of lmlib that it can reach."""
    waiting, seen = [function], set()
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        yield each
        names = {n.id for n in ast.walk(tree_of(each)) if isinstance(n, ast.Name)}
        known = vars(inspect.getmodule(each))
        found = [known[name] for name in names if name in known]
        waiting += [f for f in found if _is_ours(f)]


def _is_ours(thing: Any) -> bool:
    is_code = inspect.isfunction(thing) or inspect.isclass(thing)
    return is_code and thing.__module__.startswith("lmlib")


def tree_of(function: Callable[..., Any]) -> ast.AST:
    """The source without the decorator `@probe`, which knows nothing."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    tree.body[0].decorator_list = []
    return tree


def expectations_in(function: Callable[..., Any]) -> set[str]:
    """What in a function, or in what it calls, could tell a right result from a wrong one."""
    found = set()
    for each in functions_behind(function):
        for node in ast.walk(tree_of(each)):
            names = {getattr(node, "id", ""), getattr(node, "attr", ""), getattr(node, "arg", "")}
            found |= names & (JUDGES | READY_MADE)
            found |= {name for name in names if str(name).startswith("expect")}
            found |= {type(node).__name__} if isinstance(node, STATEMENTS) else set()
    return found


@pytest.mark.parametrize("name", sorted(PROBES))
def test_a_probe_holds_no_expectation(name: str) -> None:
    assert expectations_in(PROBES[name]) == ALLOWED.get(name, set())


def test_there_are_probes_in_every_kind_of_check() -> None:
    assert len(PROBES) >= 10


def judged(value: int) -> None:
    lmlib.checks.expect(value == 3, "not-three", "it is not 3")


def test_an_expectation_would_be_found() -> None:
    def asserts(thing: Any) -> Any:
        assert thing(2) == 4

    def draws(thing: Any) -> Any:
        return thing(lmlib.checks.Case(0).normal(2))

    def compares(thing: Any) -> Any:
        import torch

        return thing(2) - torch.nn.functional.cross_entropy(2, 3)

    assert expectations_in(asserts) == {"Assert"}
    assert expectations_in(draws) == {"Case"}
    assert "cross_entropy" in expectations_in(compares)
    assert "expect" in expectations_in(judged)


def test_only_probes_run_beside() -> None:
    with pytest.raises(TypeError, match="not marked with @probe"):
        beside(lambda thing: thing, 3)


@probe
def double_in_place(x: Any) -> Any:
    return x.mul_(2)


def test_a_probe_gets_and_gives_copies() -> None:
    import torch

    x = torch.ones(2, requires_grad=True)
    found = beside(double_in_place, x)
    assert found.tolist() == [2, 2]
    assert not found.requires_grad
    assert x.tolist() == [1, 1]
