"""What student code finds at home and not here: a screen, a person, memory that processes share.

What would open a window draws into memory, a question gets an empty answer, and a loader loads in
its own process.
"""

import builtins
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from torch.utils.data import DataLoader
from torch.utils.data.dataloader import _SingleProcessDataLoaderIter

TOOLKITS = ("gtk3", "gtk4", "qt", "qt5", "tk", "wx")
BACKENDS = {
    *(f"{toolkit}{renderer}" for toolkit in TOOLKITS for renderer in ("agg", "cairo")),
    *("macosx", "nbagg", "webagg", "wx"),
}
MODULES = {f"matplotlib.backends.backend_{name}" for name in BACKENDS}


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


def _load_alone(loader: DataLoader[Any]) -> Any:
    loader.num_workers, loader.timeout = 0, 0
    return _SingleProcessDataLoaderIter(loader)


def _nobody_answers(prompt: object = "") -> str:
    print(prompt)
    return ""


def put_up() -> None:
    """From now on this process does with what there is."""
    sys.meta_path.insert(0, Screen())
    builtins.input = _nobody_answers
    DataLoader._get_iterator = _load_alone  # type: ignore[method-assign, assignment]
