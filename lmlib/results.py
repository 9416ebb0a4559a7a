"""Measured numbers: what the benchmarks wrote, for chapters, README and tests to read."""

import json
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent
FOLDERS = (PACKAGE / "results", PACKAGE.parent / "benchmarks" / "results")  # wheel, repository


def load(name: str) -> dict[str, Any]:
    """Return the contents of the results file `name`, written by `python -m benchmarks.{name}`.

    Raises FileNotFoundError, naming the command that makes it, if there is no such file.
    """
    for folder in FOLDERS:
        path = folder / f"{name}.json"
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))
    known = sorted(path.stem for folder in FOLDERS for path in folder.glob("*.json"))
    raise FileNotFoundError(
        f"no results named {name!r}; there are {known or 'none yet'}. "
        f"In a clone of the repository, `python -m benchmarks.{name}` makes them"
    )
