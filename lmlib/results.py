"""Measured numbers: what the benchmarks wrote, for chapters, README and tests to read."""

import json
from pathlib import Path
from typing import Any

from lmlib.arguments import check_text

PACKAGE = Path(__file__).parent
FOLDERS = (PACKAGE / "results", PACKAGE.parent / "benchmarks" / "results")  # wheel, repository


def load(name: str) -> dict[str, Any]:
    """Return the contents of the results file `name`, written by `python -m benchmarks.{name}`.

    Raises TypeError unless the name is a string; FileNotFoundError if there is no such file,
    ValueError if it holds no JSON: both name the command that makes it.
    """
    check_text("name", name)
    how = f"In a clone of the repository, `python -m benchmarks.{name}` makes them"
    for folder in FOLDERS:
        path = folder / f"{name}.json"
        if path.is_file():
            try:
                return json.loads(path.read_text(encoding="utf-8"))
            except ValueError as error:
                raise ValueError(f"no results can be read from {path}: {error}. {how}") from None
    known = sorted(path.stem for folder in FOLDERS for path in folder.glob("*.json"))
    raise FileNotFoundError(f"no results named {name!r}; there are {known or 'none yet'}. {how}")


def models_so_far(last: str) -> str:
    """Return the measured models up to `last` as text: median accuracy and range, a line each.

    Raises ValueError if no model of that name was measured.
    """
    models = load("models")["models"]
    if last not in models:
        raise ValueError(f"no model {last!r} was measured; allowed are {', '.join(models)}")
    shown = list(models)[: list(models).index(last) + 1]
    width = max(map(len, shown))
    lines = [f"{'model':{width}}   accuracy   range over seeds"]
    for name in shown:
        accuracy = models[name]["lmlib"]["accuracy"]
        low, high = accuracy["range"]
        lines.append(f"{name:{width}}   {accuracy['median']:.3f}      {low:.3f} to {high:.3f}")
    return "\n".join(lines)
