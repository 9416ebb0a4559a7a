"""A screen for student code where there is none: what would open a window draws into memory."""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

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


def put_up() -> None:
    """From now on this process has such a screen."""
    sys.meta_path.insert(0, Screen())
