"""Where work has to be one's own, PyTorch's ready-made layers are not there.

In a worker, before a student's first statement runs, code that only raises an error takes the place
of theirs: of functions in Python, and of the kernels to which PyTorch's dispatcher leads a call of
an operation. So every way there ends in the error: public or not, by a module, a script, a trace or
another thread. Nothing in Python holds what was replaced, no file in the sandbox says how it went,
and the compiled code itself is overwritten.
"""

import contextlib
import ctypes
import gc
import importlib
import os
import re
import types
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from lmgrade import compiled
from lmgrade.refusal import refusing

TORCH = os.path.join(os.path.dirname(torch.__file__), "")
WORDS = ("dropout", "lstm", "gru", "rnn")  # in the names of all that is ever taken away
LAYERS = re.compile("|".join(WORDS))
COMPILED = (*WORDS, "LSTM", "GRU", "RNN", "Layer", "apply_layer")  # the same in C++, and loops
KERNEL = re.compile(r"^([A-Z]\w+)(?:\[alias\])?: ", re.MULTILINE)  # a line of what PyTorch dumps

_functions: list[tuple[str, types.FunctionType]] = []
_kernels: list[tuple[str, str, str, str]] = []  # space, name, the same with overload, key
_codes: list[compiled.Code] = []


def note_layers() -> None:
    """Remember where PyTorch's layers are: later, `gc.freeze` hides functions from a search."""
    with contextlib.suppress(ImportError):
        importlib.import_module("torch.export._patches")  # the only ones not loaded with torch
    _functions[:] = (
        (name, found)
        for found in gc.get_objects()
        if type(found) is types.FunctionType and LAYERS.search(name := _name(found.__code__))
    )
    _kernels[:] = (
        (operation.partition("::")[0], name, operation, key)
        for operation in torch._C._dispatch_get_all_op_names()
        if LAYERS.search(name := operation.partition("::")[2].partition(".")[0])
        for key in KERNEL.findall(torch._C._dispatch_dump(operation))
    )
    _codes[:] = compiled.functions(COMPILED)


def files_without_layers() -> Iterator[tuple[Path, str]]:
    """What shall be read in files that say how a layer works.

    Those below `torch.nn` only call other functions, and TorchScript reads them.
    """
    codes = [function.__code__ for _, function in _functions]
    for file in {code.co_filename for code in codes}:
        if not file.startswith(f"{TORCH}nn{os.sep}"):
            path = Path(file)
            lines = path.read_text(encoding="utf-8").splitlines()
            for code in codes:
                if code.co_filename == file:
                    last = max(end or 0 for _, end, *_ in code.co_positions())
                    lines[code.co_firstlineno - 1 : last] = [""] * (last - code.co_firstlineno + 1)
            yield path, "\n".join(lines)
            yield from ((compiled, "") for compiled in path.parent.glob(f"*/{path.stem}.*.pyc"))


def _name(code: types.CodeType) -> str:
    """A function's name or, as for a recorder of calls, the file of a module's `forward`."""
    if not code.co_filename.startswith(TORCH):
        return ""
    file = f"torch/{code.co_filename.removeprefix(TORCH).replace(os.sep, '/')}"
    return file if code.co_name == "forward" else code.co_name


def remove(ready_made: re.Pattern[str]) -> None:
    """Take away every function and operation in whose name the pattern is found."""
    for name, function in _functions:
        if ready_made.search(name):
            code = function.__code__
            refusal = refusing(function.__qualname__.partition(".")[0]).__code__
            function.__code__ = refusal.replace(
                co_freevars=code.co_freevars,
                co_filename=code.co_filename,  # TorchScript and `inspect` read the source
                co_firstlineno=code.co_firstlineno,
            )
    libraries = {space: _library(space) for space in {space for space, *_ in _kernels}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that they have other kernels now
        for space, name, operation, key in _kernels:
            if ready_made.search(name):
                libraries[space].impl(operation, key, refusing(name))
    compiled.erase(ready_made, _codes)
    _functions.clear()


def _library(space: str) -> Any:
    """What holds kernels in place for as long as it lives: for ever, and no object leads to it.

    `torch.library.Library` keeps a list of what it holds.
    """
    library = torch._C._dispatch_library("IMPL", space, "", __file__, 0)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(library))
    return library
