"""What student code finds at home and not here: a screen, a person, Colab, memory to share.

What would open a window draws into memory, a question gets an empty answer, a breakpoint is passed,
Colab's own modules do nothing, and a loader loads in its own process.
"""

import builtins
import os
import pdb
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import torch
from torch.utils.data import DataLoader
from torch.utils.data.dataloader import _SingleProcessDataLoaderIter

from lmgrade.magic import Shell

TOOLKITS = ("gtk3", "gtk4", "qt", "qt5", "tk", "wx")
BACKENDS = {
    *(f"{toolkit}{renderer}" for toolkit in TOOLKITS for renderer in ("agg", "cairo")),
    *("macosx", "nbagg", "webagg", "wx"),
}
MODULES = {f"matplotlib.backends.backend_{name}" for name in BACKENDS}
CORES = 4  # as many as code sees that asks: a thread or a process for each may be too many
ANSWERS = 20  # after so many a program that goes on asking will never be content


class Screen:
    """Finds Matplotlib's interactive backends before Python does, and gives Agg in their place."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> Any:
        return ModuleSpec(name, self) if name in MODULES else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        from matplotlib.backends import backend_agg

        public = {name: value for name, value in vars(backend_agg).items() if name[0] != "_"}
        vars(module).update(public)


class Colab:
    """Finds `google.colab` where Python does not; whatever is asked of it does nothing."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> Any:
        wanted = name == "google" or f"{name}.".startswith("google.colab.")
        return ModuleSpec(name, self, is_package=True) if wanted else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ != "google":
            vars(module)["__getattr__"] = lambda name: getattr(Shell(), name)


class Nobody:
    """Answers each question with an empty line, and after many of them no more."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, prompt: object = "") -> str:
        print(prompt)
        self.asked += 1
        if self.asked > ANSWERS:
            raise EOFError("nobody is there to answer")
        return ""


def _load_alone(loader: DataLoader[Any]) -> Any:
    loader.num_workers, loader.timeout = 0, 0
    return _SingleProcessDataLoaderIter(loader)


def _pass(*_: Any, **__: Any) -> None:
    """In place of a breakpoint."""


def put_up() -> None:
    """From now on this process does with what there is."""
    sys.meta_path[:] = [Screen(), *sys.meta_path, Colab()]
    builtins.input = Nobody()
    sys.breakpointhook = pdb.set_trace = _pass
    DataLoader._get_iterator = _load_alone  # type: ignore[method-assign, assignment]
    cores = min(os.cpu_count() or 1, CORES)
    for name in {"cpu_count", "process_cpu_count"} & vars(os).keys():
        setattr(os, name, lambda: cores)
    set_threads = torch.set_num_threads
    torch.set_num_threads = lambda nthreads: set_threads(min(nthreads, CORES))
