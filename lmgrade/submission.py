"""The student's side: read a file that may hold anything, and line it up with the assignment."""

import errno
import json
import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lmgrade.assignment import (
    INSTALL_ID,
    Assignment,
    Cell,
    cell_source,
    imports_in,
    nbgrader_of,
    slice_of,
)
from lmgrade.cell import WORD, names_bound, names_in, names_used

IMPORTS = "the assignment's imports"
OWN_NAME = "the name of the file"
MAX_FILE = 20 << 20
MAX_CELLS = 2000
MAX_LOCKED = 10_000  # characters of a cell of ours that students may not edit
MAX_CODE = 250_000  # characters of all cells; reading them takes many times their size
# Of Python in a text or in a file of its own, every word may be a name.
AS_TEXT = re.compile(r"(?<![.\w])(exec|eval|compile)\(|%run\b|%%writefile\b")


Placed = tuple[str, Cell, bool]  # what the cell is called, and whether the student wrote it


class Unreadable(Exception):
    """A file that cannot be graded; the text says why and what the student should hand in."""


class OutOfReach(Unreadable):
    """A file that this machine does not let us read, whatever the student handed in."""


def cannot_open(name: str, error: OSError) -> Unreadable:
    """Whose affair it is that a file or folder cannot be opened."""
    ours = error.errno in (errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE)
    return (OutOfReach if ours else Unreadable)(f"{name} cannot be opened ({error.strerror})")


def reason(error: Exception) -> str:
    """Why a file could not be read; an error that nobody has thought of needs a person."""
    if isinstance(error, Unreadable):
        return str(error)
    return f"reading it failed ({type(error).__name__}: {error}); grade it by hand"


@dataclass(frozen=True)
class Step:
    """A cell to run in the worker, or the place of a test."""

    name: str
    source: str
    test: str | None = None


@dataclass
class Submission:
    """What to run for a student, in order, and what looked odd about the file."""

    steps: list[Step]
    flags: list[str] = field(default_factory=list)


def read_text(path: Path) -> str:
    """Read a regular file of sensible size, following no symbolic link."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unreadable(f"{path.name} is a symbolic link; hand in the file itself") from None
        raise cannot_open(path.name, error) from None
    info = os.fstat(fd)
    if not stat.S_ISREG(info.st_mode):
        os.close(fd)
        raise Unreadable(f"{path.name} is not a file")
    with os.fdopen(fd, "rb") as file:
        if info.st_size > MAX_FILE:
            raise Unreadable(f"{path.name} is larger than {MAX_FILE >> 20} MB; clear its outputs")
        try:
            return file.read(MAX_FILE + 1).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Unreadable(f"{path.name} is not UTF-8 text") from None


def parse_notebook(text: str, name: str = "the notebook") -> list[dict[str, Any]]:
    """The cells of a notebook, whatever its minor format."""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{name} is not a notebook: {type(error).__name__}, {error}") from None
    if not isinstance(tree, dict):
        raise Unreadable(f"{name} is not a notebook: it holds a {type(tree).__name__}")
    cells = tree.get("cells")
    if not isinstance(cells, list) and isinstance(tree.get("worksheets"), list):
        raise Unreadable(f"{name} has the format of 2013; save it with a current Jupyter")
    if not isinstance(cells, list):
        raise Unreadable(f"{name} is not a notebook: it has no list of cells")
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"{name} has {len(cells)} cells")
    return [_slim(cell) for cell in cells if isinstance(cell, dict)]


def _slim(cell: dict[str, Any]) -> dict[str, Any]:
    """What is read of a cell: the rest may take a hundred times the memory."""
    kind, grade_id = cell.get("cell_type"), nbgrader_of(cell).get("grade_id")
    kind, grade_id = (part if isinstance(part, str) else "" for part in (kind, grade_id))
    metadata = {"nbgrader": {"grade_id": grade_id}}
    return {"cell_type": kind, "source": cell_source(cell), "metadata": metadata}


def from_file(assignment: Assignment, path: Path) -> Submission:
    """A filled-in notebook, or a `.py` file that defines the student's names."""
    if path.suffix not in (".ipynb", ".py"):
        raise Unreadable(
            f"{path.absolute().name} is neither a notebook (.ipynb) nor Python code (.py)"
        )
    text = read_text(path)
    if path.suffix == ".ipynb":
        return from_cells(assignment, parse_notebook(text, path.name))
    return from_code(assignment, text)


def from_code(assignment: Assignment, code: str) -> Submission:
    """The code goes into the first solution cell; the other solution cells are empty."""
    first = next((cell.id for cell in assignment.cells if cell.kind == "solution"), None)
    cells = [
        Cell(cell.id, cell.kind, code if cell.id == first else "")
        if cell.kind == "solution"
        else cell
        for cell in assignment.cells
    ]
    placed = [(f"cell {n}", cell, cell.kind == "solution") for n, cell in enumerate(cells, 1)]
    name = Cell(OWN_NAME, "plain", '__file__ = "/submission/submission.py"')  # as no notebook has
    return _plan(assignment, [(OWN_NAME, name, False), *placed], [])


def from_cells(assignment: Assignment, cells: Sequence[dict[str, Any]]) -> Submission:
    """Match a notebook's cells with the assignment's by their ids; sources of tests are ours."""
    ours = {cell.id: cell for cell in assignment.cells if cell.kind != "plain"}
    plain = {cell.source.strip(): cell for cell in assignment.cells if cell.kind == "plain"}
    found: list[Placed] = []
    flags: list[str] = []
    seen: set[str] = set()
    unedited: set[str] = set()
    number = 0  # of code cells alone, as Jupyter counts when it runs them in order
    for cell in cells:
        grade_id = nbgrader_of(cell).get("grade_id")
        known = ours.get(grade_id) if isinstance(grade_id, str) else None
        source = cell_source(cell)
        if known is not None and known.id in seen:
            flags.append(f"the cell {known.id} is there more than once")
            known = None if known.kind == "solution" else known
        if cell.get("cell_type") != "code":
            continue
        number += 1
        name = f"cell {number}"
        if known is None:
            own = plain.get(source.strip())
            unedited.add(source.strip())
            found.append((name, own or Cell(name, "added", source), own is None))
            continue
        if known.kind == "solution":
            found.append((name, Cell(known.id, "solution", source), True))
        elif known.id not in seen:
            found.append((name, known, False))
            added = names_bound(source[:MAX_LOCKED]) - names_bound(known.source)
            if names := ", ".join(sorted(added)[:5]):
                flags.append(f"the read-only cell {known.id} was made to define {names}: not run")
        seen.add(known.id)
    missing = [cell for cell in ours.values() if cell.id not in seen]
    if not seen:
        flags.append("no cell of this assignment is there; is it another assignment's notebook?")
    flags += [f"the cell {cell.id} is missing" for cell in missing if cell.id != INSTALL_ID]
    locked = [(cell.id, cell, False) for cell in missing if cell.kind == "locked"]
    # A cell of ours that was edited may fail here alone, above its imports.
    edited = "\n".join(imports_in(c.source) for key, c in plain.items() if key not in unedited)
    locked.insert(0, (IMPORTS, Cell(IMPORTS, "plain", edited), False))
    tests = [(cell.id, cell, False) for cell in missing if cell.kind == "test"]
    return _plan(assignment, [*locked, *found, *tests], flags)


def _plan(assignment: Assignment, cells: Sequence[Placed], flags: list[str]) -> Submission:
    """Run all of the student's own cells, and of ours those that they or the tests need."""
    ours = [cell for _, cell, own in cells if not own and cell.kind != "test"]
    users = [cell.source for _, cell, own in cells if own]
    if (size := sum(map(len, users))) > MAX_CODE:
        raise Unreadable(f"there are {size:,} characters of code; at most {MAX_CODE:,} are read")
    used = set(assignment.subjects).union(*(names_in(user, names_used) for user in users))
    used.update(*(WORD.findall(user) for user in users if AS_TEXT.search(user)))
    needed = {id(cell) for cell in slice_of(ours, used)}
    steps = []
    for name, cell, own in cells:
        if cell.kind == "test":
            steps.append(Step(name, "", test=cell.id))
        elif (own or id(cell) in needed) and cell.source.strip():
            steps.append(Step(name, cell.source))
    return Submission(steps, list(dict.fromkeys(flags)))
