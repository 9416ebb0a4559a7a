"""Run a property so that it neither disturbs the notebook nor is disturbed by it."""

import contextlib
import functools
import inspect
import os
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch


@contextlib.contextmanager
def isolated(seed: int, *subjects: Any) -> Iterator[None]:
    """Seed torch, silence prints and warnings, use one thread; put everything back after."""
    threads, dtype = torch.get_num_threads(), torch.get_default_dtype()
    with (
        torch.random.fork_rng(devices=[]),
        torch.enable_grad(),
        _modes_return_the_module(subjects),
        warnings.catch_warnings(),
        open(os.devnull, "w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        warnings.simplefilter("ignore")
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        torch.set_default_dtype(torch.float32)
        try:
            yield
        finally:
            torch.set_default_dtype(dtype)
            torch.set_num_threads(threads)


@contextlib.contextmanager
def _modes_return_the_module(subjects: tuple[Any, ...]) -> Iterator[None]:
    """Let a student's own train() and eval() return the module where they return nothing.

    A grader's stand-ins do so: what is forgiven there is forgiven here.
    """
    own = {cls for s in subjects if inspect.isclass(s) for cls in s.__mro__ if _is_own(cls)}
    methods = [(cls, name) for cls in own for name in ("train", "eval") if name in vars(cls)]
    kept = [(cls, name, vars(cls)[name]) for cls, name in methods]
    for cls, name, method in kept:
        if inspect.isfunction(method):
            setattr(cls, name, _returning_the_module(method))
    try:
        yield
    finally:
        for cls, name, method in kept:
            setattr(cls, name, method)


def _is_own(cls: type) -> bool:
    return cls.__module__.partition(".")[0] not in ("torch", "lmgrade", "builtins")


def _returning_the_module(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(module: Any, *args: Any, **named: Any) -> Any:
        method(module, *args, **named)
        return module

    return call
