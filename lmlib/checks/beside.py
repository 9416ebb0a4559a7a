"""Probes: what a check does beside the student's code, and brings back as plain values.

Some things can only be seen where the student's code runs: gradients, modes, what happens to an
argument, many calls in a row. A check puts them into a *probe*, a function that is marked with
`@probe` and called through `beside`::

    @probe
    def call(cell, x, h, c):
        return cell(x, (h, c))

    found = beside(call, LSTMCell(3, 5), x, h, c)

In a notebook that is an ordinary call. A grader runs the probe in the student's own process, where
nothing can be trusted, and only the values come back. So a probe holds no expectation: what a right
result is, and whether this is one, is decided by the check around it. A test reads every probe.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from torch import Tensor

Function = TypeVar("Function", bound=Callable[..., Any])
PROBES: dict[str, Callable[..., Any]] = {}


def name_of(function: Callable[..., Any]) -> str:
    """The name by which a probe is known on both sides of a process boundary."""
    return f"{function.__module__}.{function.__qualname__}"


def probe(function: Function) -> Function:
    """Mark a function as one that may run beside the student's code."""
    PROBES[name_of(function)] = function
    return function


def beside(function: Callable[..., Any], *args: Any) -> Any:
    """Run a probe where the objects of the student's among `args` live; return plain values.

    Tensors go in and come out as copies without a history; what is no plain value comes back as the
    student's object (under a grader: as a stand-in for it).
    """
    if PROBES.get(name_of(function)) is not function:
        raise TypeError(f"{name_of(function)} is not marked with @probe")
    for arg in args:
        remote = getattr(type(arg), "__run_beside__", None)  # a grader's stand-in has it
        if remote is not None:
            return remote(arg, name_of(function), args)
    return values(function(*map(values, args)))


def values(tree: Any) -> Any:
    """The same nest of lists, tuples and dictionaries with copies of its tensors."""
    if isinstance(tree, Tensor):
        return tree.detach().clone()
    if isinstance(tree, tuple):
        return tuple(map(values, tree))
    if isinstance(tree, list):
        return list(map(values, tree))
    if isinstance(tree, dict):
        return {key: values(value) for key, value in tree.items()}
    return tree
