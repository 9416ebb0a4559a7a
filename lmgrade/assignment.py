"""The instructor's side: the cells of an assignment, its tests and the names that it asks for."""

import ast
import functools
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lmgrade.cell import names_bound, names_used, parse, parse_strictly

SOURCES = "solutions"
METADATA = re.compile(r"\bnbgrader=(.*)$")
INSTALL_ID = "install-lmlib"  # the cell that `lmgrade release` puts first, for Colab alone


class UnknownAssignment(Exception):
    """There is no such assignment; the text says which there are."""


class BadConfig(Exception):
    """nbgrader's configuration cannot be used; the text says where and why."""


class NothingGraded(Exception):
    """There are no grades to show; the text says how to get some."""


@dataclass(frozen=True)
class Cell:
    """A code cell. `kind` is "solution", "test", "locked" (read-only) or "plain"."""

    id: str
    kind: str
    source: str
    points: float = 0.0


@dataclass(frozen=True)
class Assignment:
    """The code cells of an instructor's notebook, and what follows from them."""

    name: str
    cells: tuple[Cell, ...]

    @property
    def tests(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.kind == "test"]

    @functools.cached_property
    def subjects(self) -> list[str]:
        """Names that the reference solution binds and a test mentions: the student's part."""
        bound = set().union(*(names_bound(c.source) for c in self.cells if c.kind == "solution"))
        bound -= set().union(*(imports_of(c.source) for c in self.cells))
        needed = set().union(*(names_used(c.source) for c in self.support + self.tests))
        return sorted(bound & needed)

    @functools.cached_property
    def support(self) -> list[Cell]:
        """The instructor's cells, apart from tests, that the tests cannot do without."""
        others = [cell for cell in self.cells if cell.kind in ("locked", "plain")]
        return slice_of(others, set().union(*(names_used(cell.source) for cell in self.tests)))

    @functools.cached_property
    def solution_imports(self) -> str:
        """Imports in solution cells, which a test may rely on as well."""
        return "\n".join(imports_in(c.source) for c in self.cells if c.kind == "solution")

    @property
    def modules(self) -> list[str]:
        """What a warm process should import beforehand."""
        found = set().union(*(_modules_of(cell.source) for cell in self.cells))
        # PyTorch imports this at the first step of an optimizer, which takes a second or two.
        uses_optimizer = any("optim" in cell.source for cell in self.cells)
        return [*sorted(found), *(["torch._dynamo"] if uses_optimizer else [])]


def slice_of(cells: Iterable[Cell], needed: set[str]) -> list[Cell]:
    """The cells that bind one of these names, or one that a later such cell mentions."""
    kept: list[Cell] = []
    for cell in reversed(list(cells)):
        if names_bound(cell.source) & needed or "import *" in cell.source:
            needed |= names_used(cell.source)
            kept.append(cell)
    return kept[::-1]


def imports_of(source: str) -> set[str]:
    """The names that a cell binds by importing."""
    nodes = [n for n in ast.walk(parse(source)) if isinstance(n, (ast.Import, ast.ImportFrom))]
    return {(alias.asname or alias.name).split(".")[0] for node in nodes for alias in node.names}


def imports_in(source: str) -> str:
    """The import statements of a cell that are inside no other."""
    nodes = [n for n in parse(source).body if isinstance(n, (ast.Import, ast.ImportFrom))]
    return "\n".join(map(ast.unparse, nodes))


def _modules_of(source: str) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def nbgrader_of(cell: Any) -> dict[str, Any]:
    """The nbgrader metadata of a notebook cell, or an empty dictionary for anything odd."""
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def cell_source(cell: Any) -> str:
    """A cell's source, which the format allows to be a list of lines."""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    # JSON can hold half a character, which Python can neither compile nor write to a file.
    return source.encode("utf-8", "replace").decode() if isinstance(source, str) else ""


def read_cells(cells: Iterable[Any]) -> tuple[Cell, ...]:
    """The code cells of an instructor's notebook."""
    found: list[Cell] = []
    for index, cell in enumerate(cells):
        if cell.get("cell_type") != "code":
            continue
        meta = nbgrader_of(cell)
        is_test = bool(meta.get("grade")) and not meta.get("solution")
        kind = "test" if is_test else "solution" if meta.get("solution") else ""
        kind = kind or ("locked" if meta.get("locked") else "plain")
        name = str(meta.get("grade_id") or f"cell-{index}")
        if name in [other.id for other in found]:
            raise UnknownAssignment(f"two cells have the grade_id {name!r}; give one another")
        found.append(Cell(name, kind, cell_source(cell), _points(name, meta.get("points") or 0)))
    return tuple(found)


def _points(name: str, points: Any) -> float:
    if not isinstance(points, (int, float)) or not 0 <= points < math.inf:
        raise UnknownAssignment(f"the cell {name!r} has {points!r} points; a number was expected")
    return float(points)


def read_source(path: Path) -> Any:
    """An instructor's `.py` as a notebook; a cell whose metadata is no JSON would lose its role."""
    import jupytext

    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UnknownAssignment(f"{path} is not UTF-8 text: {error}") from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("# %%") and (found := METADATA.search(line)):
            try:
                json.loads(found[1])
            except ValueError as error:
                raise UnknownAssignment(f"{path}, line {number}: {error} in {found[1]}") from None
    return jupytext.reads(text, "py:percent")


def unknown(name: str, root: Path) -> UnknownAssignment:
    """The error that names the assignments which there are."""
    known = sorted(p.stem for p in (root / SOURCES).glob("*.py"))
    there = f"there are: {', '.join(known)}" if known else f"{root / SOURCES}/ holds none"
    return UnknownAssignment(
        f"no assignment {name!r} ({there}). Run lmgrade in the folder that holds {SOURCES}/, "
        "or name it with --course."
    )


def is_name(name: str) -> bool:
    """Whether it is no path, which could lead to an assignment without being its name."""
    return Path(name).name == name


def expect_name(name: str, root: Path) -> None:
    """Refuse a path."""
    if not is_name(name):
        raise unknown(name, root)


def expect_known(name: str, root: Path) -> None:
    """Refuse a misspelt name, where the course lists its assignments."""
    expect_name(name, root)
    sources = root / SOURCES
    if sources.is_dir() and not any((sources / n).exists() for n in (f"{name}.py", name)):
        raise unknown(name, root)


def load(name: str, root: Path = Path()) -> Assignment:
    """Read `solutions/NAME.py`."""
    expect_name(name, root)
    path = root / SOURCES / f"{name}.py"
    if not path.is_file():
        raise unknown(name, root)
    assignment = Assignment(name, read_cells(read_source(path).cells))
    if not assignment.tests:
        raise UnknownAssignment(f"{path} has no test cells, so there is nothing to grade")
    for cell in assignment.cells:
        try:
            parse_strictly(cell.source)
        except SyntaxError as error:
            first = error.__context__ if isinstance(error.__context__, SyntaxError) else error
            text = f"{path}, cell {cell.id}, line {first.lineno} is no Python: {first.msg}"
            raise UnknownAssignment(text) from None
    return assignment
