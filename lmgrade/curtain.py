"""What student code sees of lmlib: the corpus, and checks that do nothing.

Everything else can be imported, so that a cell which compares with lmlib's own layer still
defines what it defines; but whoever uses such a part is told to write it. The warm process never
imports lmlib, so no worker inherits a solution in its memory.
"""

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from lmgrade.refusal import ABSENT

# Modules that hold nothing to copy, and need only those before them; four work for the worker.
SHOWN = {
    "lmlib.corpus": "corpus.py",
    "lmlib.checks.recorder": "checks/recorder.py",
    "lmlib.checks.meters": "checks/meters.py",
    "lmlib.checks.rounds": "checks/rounds.py",
    "lmlib.checks.meetings": "checks/meetings.py",
    "lmlib.checks.operations": "checks/operations.py",
}
CORPUS = ("human_numbers", "number_name")


class Refusal:
    """A part of lmlib that is not there: it can be named, but not used."""

    def __init__(self, path: str) -> None:
        self.__name__ = path

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        name = self.__name__.removeprefix("lmlib.")
        raise ImportError(f"lmlib's own {name} {ABSENT}: write it yourself")

    __call__ = __mro_entries__ = __iter__ = __getitem__ = __enter__ = _refuse

    def __getattr__(self, name: str) -> "Refusal":
        if name.startswith("__"):
            raise AttributeError(name)
        return Refusal(f"{self.__name__}.{name}")


class Check:
    """Stands for `check` and its reports: the grader judges elsewhere, so this does nothing."""

    passed = True

    def __call__(self, *_: Any, **__: Any) -> "Check":
        return self

    def __getattr__(self, name: str) -> "Check":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __repr__(self) -> str:
        return "(the grader runs the checks itself)"


class Part(ModuleType):
    """A module of lmlib in name only."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        path = f"{self.__name__}.{name}"
        return Check() if path.startswith("lmlib.checks") else Refusal(path)


class Curtain:
    """Finds every module of lmlib before Python looks for a file."""

    def __init__(self, shown: dict[str, ModuleType]) -> None:
        self.shown = shown

    def find_spec(self, name: str, path: Sequence[str] | None, target: Any = None) -> Any:
        if name.partition(".")[0] != "lmlib":
            return None
        return ModuleSpec(name, self, is_package=name not in self.shown)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self.shown.get(spec.name) or Part(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        if module.__name__ == "lmlib":
            corpus = self.shown["lmlib.corpus"]
            vars(module).update({name: getattr(corpus, name) for name in CORPUS}, corpus=corpus)


def load_shown(lmlib: Path) -> dict[str, ModuleType]:
    """Load the harmless modules by their paths, without their package."""
    loaded: dict[str, ModuleType] = {}
    draw(loaded)
    for name, path in SHOWN.items():
        spec = importlib.util.spec_from_file_location(name, lmlib / path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        loaded[name] = module
    del sys.meta_path[0]
    for name in [name for name in sys.modules if name.partition(".")[0] == "lmlib"]:
        del sys.modules[name]
    return loaded


def draw(shown: dict[str, ModuleType]) -> None:
    """From now on this process finds nothing else of lmlib."""
    sys.meta_path.insert(0, Curtain(shown))
