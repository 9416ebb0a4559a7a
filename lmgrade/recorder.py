"""Which of PyTorch's functions run while a student's code is called."""

import functools
import re
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.library import Library

READY_MADE = re.compile(r"aten::(\w*(?:dropout|lstm|gru|rnn)\w*)(?:\.(\w+))?")
KEYS = ("AutogradCPU", "CPU")  # with and without `torch.inference_mode`

_found: dict[str, None] = {}  # a set that keeps its order
_library: list[Library] = []  # without it, PyTorch would forget what it was told


def set_traps() -> None:
    """Let PyTorch's ready-made layers note their names when they run, and then work as ever.

    PyTorch itself calls the trap, in whatever thread, and also for TorchScript and for its own
    parts; all other functions cost nothing.
    """
    _library.append(Library("aten", "IMPL"))
    for full in torch._C._dispatch_get_all_op_names():
        found, parts = READY_MADE.fullmatch(full), "CompositeImplicitAutograd"
        if found and torch._C._dispatch_has_kernel_for_dispatch_key(full, parts):
            operation = getattr(getattr(torch.ops.aten, found[1]), found[2] or "default")
            for key in KEYS:
                _library[0].impl(operation, _noting(found[1], operation.decompose), key)
    dropout, layer = torch.ops.aten.native_dropout.default, torch.ops.aten.mkldnn_rnn_layer.default
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has another kernel now
        for key in KEYS:
            _library[0].impl(dropout, _noting("native_dropout", _native_dropout), key)
    if hasattr(layer, "redispatch"):  # PyTorch 2.2 cannot hand a call on
        same = torch._C.DispatchKeySet(torch._C.DispatchKey.AutogradOther)  # has the same kernel
        same |= torch._C.DispatchKeySet(torch._C.DispatchKey.CPU)
        plain = functools.partial(layer.redispatch, same)
        _library[0].impl(layer, _noting("mkldnn_rnn_layer", plain), KEYS[0])


def _noting(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        _found[name] = None
        return work(*args, **kwargs)

    return run


def _native_dropout(x: Tensor, p: float, train: bool | None) -> tuple[Tensor, Tensor]:
    """As PyTorch defines it, in steps that have gradients."""
    if not train and train is not None:
        return x.clone(), torch.ones_like(x, dtype=torch.bool)
    mask = torch.empty_like(x).bernoulli_(1 - p)
    return x * mask * (1 / (1 - p) if p < 1 else 0.0), mask.bool()


def frames() -> Any:
    """A context manager that notes what Python code calls of PyTorch, by its name."""
    from lmlib.checks.meters import CallRecorder

    return CallRecorder(_found)


def names() -> list[str]:
    """What has run since this was last asked, by trap or by name."""
    found = list(_found)
    _found.clear()
    return found
