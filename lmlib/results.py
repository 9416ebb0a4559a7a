"""Measured numbers: what the benchmarks wrote, for chapters, README and tests to read."""

import json
from pathlib import Path
from typing import Any

from lmlib.arguments import check_text

PACKAGE = Path(__file__).parent
FOLDERS = (PACKAGE / "results", PACKAGE.parent / "benchmarks" / "results")  # wheel, repository

COMMANDS = {"validity": "python -m tests.validity"}  # the others are benchmarks


def load(name: str) -> dict[str, Any]:
    """Return the contents of the results file `name`, which names the command that wrote it.

    Raises TypeError unless the name is a string; FileNotFoundError if there is no such file,
    ValueError if it holds no JSON: both name the command that makes it.
    """
    check_text("name", name)
    command = COMMANDS.get(name, f"python -m benchmarks.{name}")
    how = f"In a clone of the repository, `{command}` makes them"
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
    """Return the measured models up to `last` as text, a line each.

    A line gives the median accuracy, its range over seeds and the median loss. Raises ValueError
    if no model of that name was measured.
    """
    models = load("models")["models"]
    if last not in models:
        raise ValueError(f"no model {last!r} was measured; allowed are {', '.join(models)}")
    shown = list(models)[: list(models).index(last) + 1]
    width = max(map(len, shown))
    lines = [f"{'model':{width}}   accuracy   range over seeds   loss"]
    for name in shown:
        accuracy, loss = (models[name]["lmlib"][what] for what in ("accuracy", "loss"))
        spread = "{:.3f} to {:.3f}".format(*accuracy["range"])
        numbers = f"{accuracy['median']:.3f}      {spread}     {loss['median']:.2f}"
        lines.append(f"{name:{width}}   {numbers}")
    return "\n".join(lines)
