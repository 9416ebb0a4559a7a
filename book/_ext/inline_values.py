"""Computed values in prose: `` {eval}`f"{loss:.2f}"` `` becomes the value at that point.

While a chapter is read, a hidden code cell that evaluates the expressions is put before each piece
of text that uses them, and the role turns into a reference to its output. So the values come from
the same cached run as all other outputs, an expression that fails stops the build, and an edit of
the prose alone executes nothing.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Callable
from functools import wraps

import nbformat
from myst_nb.core import read
from sphinx.application import Sphinx

ROLE = re.compile(r"\{eval\}`([^`]+)`")

_CELL = """from IPython.display import display as _display

for _name, _value in [
{pairs}
]:
    _display(
        {{"{prefix}text/plain": repr(str(_value))}},
        raw=True,
        metadata={{"scrapbook": {{"name": _name, "mime_prefix": "{prefix}"}}}},
    )"""
_PREFIX = "application/papermill.record/"  # myst-nb keeps outputs of this kind out of the page


def insert_value_cells(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook with a hidden cell before each Markdown cell that uses `{eval}`."""
    cells, lines, count = [], [], 0
    source_map = notebook.metadata.get("source_map", [0] * len(notebook.cells))
    for cell, line in zip(notebook.cells, source_map, strict=True):
        expressions = ROLE.findall(cell.source) if cell.cell_type == "markdown" else []
        if expressions:
            names = [f"value-{count + i}" for i in range(len(expressions))]
            count += len(expressions)
            cells.append(_value_cell(names, expressions))
            lines.append(line)
            replacement = iter(names)
            cell.source = ROLE.sub(lambda _: f"{{glue:text}}`{next(replacement)}`", cell.source)  # noqa: B023
        cells.append(cell)
        lines.append(line)
    notebook.cells = cells
    if "source_map" in notebook.metadata:
        notebook.metadata["source_map"] = lines
    return notebook


def _value_cell(names: list[str], expressions: list[str]) -> nbformat.NotebookNode:
    pairs = "\n".join(f'    ("{n}", {e}),' for n, e in zip(names, expressions, strict=True))
    cell = nbformat.v4.new_code_cell(_CELL.format(pairs=pairs, prefix=_PREFIX))
    cell.metadata["tags"] = ["remove-cell"]
    return cell


def values_of(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """The values that an executed notebook computed for its prose, by name."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            record = output.get("metadata", {}).get("scrapbook")
            if record:
                found[record["name"]] = literal_eval(output["data"][f"{_PREFIX}text/plain"])
    return found


def patch_reader() -> None:
    """Let myst-nb read every chapter through `insert_value_cells`.

    myst-nb has no hook between reading and executing a text notebook, and a reader registered for
    `.md` would also turn plain pages into notebooks; hence the function is replaced.
    """
    original: Callable = read.read_myst_markdown_notebook
    if hasattr(original, "__wrapped__"):
        return

    @wraps(original)
    def read_with_values(*args: object, **kwargs: object) -> nbformat.NotebookNode:
        return insert_value_cells(original(*args, **kwargs))

    read.read_myst_markdown_notebook = read_with_values


def setup(app: Sphinx) -> dict[str, object]:
    patch_reader()
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
