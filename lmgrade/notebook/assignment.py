"""The instructor's side: the cells of an assignment, its tests and the names that it asks for."""

import functools
import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lmgrade.notebook.execution import parse_cell
from lmgrade.notebook.names import (
    imports_in,
    imports_of,
    modules_of,
    names_bound,
    names_changed,
    names_used,
)

METADATA = re.compile(r"\bnbgrader=(.*)$")
INSTALL_ID = "install-lmlib"  # the cell that `lmgrade release` puts first, for Colab alone


class Refused(Exception):
    """What a command was given cannot be used; the text says why, and what to do."""


class Stopped(Refused):
    """A run has to end before its time; what is graded stays, and the same command goes on."""


class UnknownAssignment(Refused):
    """There is no such assignment, or it is none."""


@dataclass(frozen=True)
class Cell:
    """A code cell. `kind` is "solution", "test", "locked" (read-only) or "plain"."""

    id: str
    kind: str
    source: str
    points: float = 0.0


@dataclass(frozen=True)
class Exam:
    """What grading needs of an assignment, and no solution: this goes to checkers and clusters."""

    tests: list[Cell]
    support: list[Cell]  # the instructor's cells that the tests cannot do without
    subjects: list[str]  # what students define and tests use
    imports: str  # of the solution, which a test may rely on


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
        """Names that the reference solution binds or changes and a test mentions."""
        bound = set().union(*(names_changed(c.source) for c in self.cells if c.kind == "solution"))
        bound -= set().union(*(imports_of(c.source) for c in self.cells))
        needed = set().union(*(names_used(c.source) for c in self.support + self.tests))
        return sorted(bound & needed)

    @functools.cached_property
    def support(self) -> list[Cell]:
        """The instructor's cells, apart from tests, that the tests cannot do without."""
        others = [cell for cell in self.cells if cell.kind in ("locked", "plain")]
        return slice_of(others, set().union(*(names_used(cell.source) for cell in self.tests)))

    @functools.cached_property
    def exam(self) -> Exam:
        imports = (imports_in(c.source) for c in self.cells if c.kind == "solution")
        return Exam(self.tests, self.support, self.subjects, "\n".join(imports))

    @property
    def modules(self) -> list[str]:
        """What the fork server should import beforehand."""
        found = set().union(*(modules_of(cell.source) for cell in self.cells))
        if any("optim" in cell.source for cell in self.cells):
            found.add("torch._dynamo")  # or an optimizer's first step would, in a second or two
        return sorted(found)


def slice_of(cells: list[Cell], needed: set[str]) -> list[Cell]:
    """The cells that bind one of these names, or one that a later such cell mentions."""
    kept: list[Cell] = []
    imported = set().union(*(imports_of(cell.source) for cell in cells))
    for cell in reversed(cells):
        changed = names_bound(cell.source) | (names_changed(cell.source) - imported)
        if changed & needed or "import *" in cell.source:
            needed |= names_used(cell.source)
            kept.append(cell)
    return kept[::-1]


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
    found: dict[str, Cell] = {}
    for index, cell in enumerate(cells):
        if cell.get("cell_type") != "code":
            continue
        meta = nbgrader_of(cell)
        is_test = bool(meta.get("grade")) and not meta.get("solution")
        kind = "test" if is_test else "solution" if meta.get("solution") else ""
        kind = kind or ("locked" if meta.get("locked") else "plain")
        name = str(meta.get("grade_id") or f"cell-{index}")
        if name in found:
            raise UnknownAssignment(f"two cells have the grade_id {name!r}; give one another")
        points = meta.get("points") or 0
        if not isinstance(points, (int, float)) or not 0 <= points < math.inf:
            text = f"the cell {name!r} has {points!r} points; a number was expected"
            raise UnknownAssignment(text)
        found[name] = Cell(name, kind, cell_source(cell), float(points))
    return tuple(found.values())


def find_source(folder: Path, name: str) -> Path:
    """Where an assignment is written: `NAME.py`, or nbgrader's own `NAME/NAME.ipynb`."""
    own, nbgraders = folder / f"{name}.py", folder / name / f"{name}.ipynb"
    if is_name(name) and own.is_file():
        return own
    notebooks = sorted(nbgraders.parent.glob("*.ipynb")) if is_name(name) else []
    if notebooks == [nbgraders]:
        return nbgraders
    if notebooks:
        found = ", ".join(path.name for path in notebooks)
        text = f"an assignment has one notebook, {nbgraders.name}; in {nbgraders.parent}: {found}"
        raise UnknownAssignment(f"{text}. Make an assignment of each of them.")
    known = {path.stem for path in folder.glob("*.py")}
    known |= {path.parent.name for path in folder.glob("*/*.ipynb")}
    raise UnknownAssignment(
        f"no assignment {name!r} in {folder}/; there are: {', '.join(sorted(known)) or 'none'}. "
        "Run lmgrade in the course's folder, or name that with --course."
    )


def sources_of(root: Path) -> Path:
    """The folder of the assignments where no configuration says it: ours, or nbgrader's."""
    ours, nbgraders = root / "solutions", root / "source"
    return nbgraders if nbgraders.is_dir() and not ours.is_dir() else ours


def data_files(folder: Path) -> Path | None:
    """An assignment's folder, if there is one; what in it is no data stays outside anyway."""
    return folder if folder.is_dir() else None


def is_name(name: str) -> bool:
    """Whether it is no path, which could lead to an assignment without being its name."""
    return Path(name).name == name


def expect_known(name: str, folder: Path) -> None:
    """Refuse a path, and a misspelt name where the course lists its assignments."""
    if not is_name(name) or (folder.is_dir() and not (folder / name).exists()):
        find_source(folder, name)


def read_source(path: Path) -> Any:
    """An instructor's file as a notebook; a cell whose metadata is no JSON would lose its role."""
    import jupytext

    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            return jupytext.reads(text, "ipynb")
    except ValueError as error:  # no UTF-8, or no JSON
        raise UnknownAssignment(f"{path} cannot be read: {error}") from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("# %%") and (found := METADATA.search(line)):
            try:
                json.loads(found[1])
            except ValueError as error:
                raise UnknownAssignment(f"{path}, line {number}: {error} in {found[1]}") from None
    return jupytext.reads(text, "py:percent")


def load(name: str, root: Path = Path()) -> Assignment:
    """Read an assignment of the course in `root`, and say what is wrong with it."""
    path = find_source(sources_of(root), name)
    assignment = Assignment(name, read_cells(read_source(path).cells))
    if not assignment.tests:
        raise UnknownAssignment(f"{path} has no test cells, so there is nothing to grade")
    for cell in assignment.cells:
        try:
            parse_cell(cell.source)
        except SyntaxError as error:
            text = f"{path}, cell {cell.id}, line {error.lineno} is no Python: {error.msg}"
            raise UnknownAssignment(text) from None
    return assignment
