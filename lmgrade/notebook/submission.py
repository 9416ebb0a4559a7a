"""The student's side: read a folder that may hold anything, and line it up with the assignment."""

import errno
import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lmgrade.notebook.assignment import (
    INSTALL_ID,
    Assignment,
    Cell,
    cell_source,
    nbgrader_of,
    slice_of,
)
from lmgrade.notebook.names import (
    WORD,
    imports_in,
    is_short_python,
    names_bound,
    names_in,
)

IMPORTS = "the assignment's imports"
OWN_NAME = "the name of the file"
TIME, SECRET = EXCHANGED = ("timestamp.txt", "submission_secret.txt")  # by nbgrader's exchange
MAX_FILE = 20 << 20  # bytes of a notebook, and of all files beside it
MAX_EXCHANGED = 200
MAX_CELLS = 2000
MAX_CODE = 250_000  # characters of all cells; reading them takes many times their size
# Of Python in a text or in a file of its own, every word may be a name.
AS_TEXT = re.compile(r"(?<![.\w])(exec|eval|compile)\(|%run\b|%%writefile\b")

Placed = tuple[str, Cell, bool]  # what the cell is called, and whether the student wrote it


class Unreadable(Exception):
    """A file that cannot be graded; the text says why and what the student should hand in."""


class OutOfReach(Unreadable):
    """A file that this machine does not let us read, whatever the student handed in."""


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
    """What to run for a student, in order; what looked odd; and files that belong to it."""

    steps: list[Step]
    flags: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass
class HandedIn:
    """A student's folder as it was when it was opened, or why it cannot be graded."""

    notebook: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    exchanged: dict[str, bytes] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    problem: Unreadable | None = None


def read_folder(folder: Path, notebook: str) -> HandedIn:
    """Read what was handed in.

    All is opened relative to the folder, and no link is followed: whatever takes the place of a
    name meanwhile, no other student's file is read.
    """
    found = HandedIn()
    try:
        with _opened(folder) as fd:
            names = sorted(os.listdir(fd))
            for name in EXCHANGED:
                if name in names:
                    found.exchanged[name] = _attempt(name, fd, MAX_EXCHANGED) or b""
            others = [name for name in names if name not in (*EXCHANGED, notebook)]
            others = [name for name in others if not name.startswith(".")]  # Jupyter's, macOS's
            if notebook not in names:
                there = f"there is {', '.join(others[:5])}" if others else "the folder is empty"
                raise Unreadable(f"no {notebook} was handed in ({there})")
            found.notebook = read_text(notebook, fd)
            _add_files(found, others, fd)
    except Unreadable as error:
        found.problem = error
    return found


def _add_files(found: HandedIn, names: Sequence[str], fd: int) -> None:
    """What may be opened by the student's code: data, modules, pictures."""
    room, left_out = MAX_FILE, []
    for name in names:
        data = _attempt(name, fd, room) if name.isprintable() else None
        if name.endswith(".ipynb") or data is None:
            left_out.append(name)
        else:
            found.files[name] = data
            room -= len(data)
    if left_out:
        text = f"more was handed in, which is not used: {', '.join(left_out[:5])}"
        found.flags.append(text.encode("utf-8", "replace").decode())


def _attempt(name: str, fd: int, most: int) -> bytes | None:
    """A file's contents, unless it is none, is too large or cannot be read."""
    try:
        return _read(name, fd, most)
    except Unreadable:
        return None


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """A descriptor of a student's folder for an assignment."""
    for path in (folder.parent, folder):
        if path.is_symlink():
            raise Unreadable("the folder is a symbolic link; nothing was read")
    flags = os.O_DIRECTORY | os.O_NOFOLLOW  # should it become a link just now
    fds: list[int] = []
    try:
        fds.append(os.open(folder.parent, flags | os.O_PATH))
        fds.append(os.open(folder.name, flags | os.O_RDONLY, dir_fd=fds[0]))
        yield fds[1]
    except OSError as error:
        if error.errno == errno.ENOTDIR:
            raise Unreadable(f"{folder.name} is a file where a folder should be") from None
        raise _cannot_open("the folder", error) from None
    finally:
        for fd in fds:
            os.close(fd)


def _cannot_open(name: str, error: OSError) -> Unreadable:
    """Whose affair it is that a file or folder cannot be opened."""
    ours = error.errno in (errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE)
    return (OutOfReach if ours else Unreadable)(f"{name} cannot be opened ({error.strerror})")


def _read(name: str, fd: int | None = None, most: int = MAX_FILE) -> bytes:
    """Read a regular file of sensible size, following no symbolic link."""
    short = Path(name).name
    try:  # without O_NONBLOCK, opening a pipe would wait for a writer
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=fd)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Unreadable(f"{short} is a symbolic link; hand in the file itself") from None
        raise _cannot_open(short, error) from None
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise Unreadable(f"{short} is not a file")
    with os.fdopen(opened, "rb") as file:
        if len(data := file.read(most + 1)) > most:
            raise Unreadable(f"{short} is larger than {most >> 20} MB; clear its outputs")
    return data


def read_text(name: str, fd: int | None = None) -> str:
    """Read a text file, in the folder that `fd` stands for."""
    try:
        return _read(name, fd).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{Path(name).name} is not UTF-8 text") from None


def parse_notebook(text: str, name: str = "the notebook") -> list[dict[str, Any]]:
    """The cells of a notebook, whatever its minor format."""
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        text = "is damaged or cut off: save it again in Jupyter and hand it in again"
        raise Unreadable(f"{name} {text}") from None
    cells = tree.get("cells") if isinstance(tree, dict) else None
    if not isinstance(cells, list):
        raise Unreadable(f"{name} is not a notebook: it has no list of cells")
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"{name} has {len(cells)} cells")
    return [_slim(cell) for cell in cells if isinstance(cell, dict)]


def _slim(cell: dict[str, Any]) -> dict[str, Any]:
    """What is read of a cell: the rest may take a hundred times the memory."""
    kind, grade_id = cell.get("cell_type"), nbgrader_of(cell).get("grade_id")
    return {
        "cell_type": kind if isinstance(kind, str) else "",
        "source": cell_source(cell),
        "metadata": {"nbgrader": {"grade_id": grade_id if isinstance(grade_id, str) else ""}},
        "pictures": list(_pictures(cell.get("outputs"))),
    }


def _pictures(outputs: Any) -> Iterator[str]:
    """What claims to be a PNG below a cell."""
    for output in outputs if isinstance(outputs, list) else ():
        data = output.get("data") if isinstance(output, dict) else None
        found = data.get("image/png") if isinstance(data, dict) else None
        if isinstance(found, str):  # as Jupyter writes it
            yield found


def from_file(assignment: Assignment, path: Path) -> Submission:
    """A filled-in notebook, or a `.py` file that defines the student's names."""
    if path.suffix == ".ipynb":
        return from_cells(assignment, parse_notebook(read_text(str(path)), path.name))
    if path.suffix == ".py":
        return from_code(assignment, read_text(str(path)))
    name = path.absolute().name
    raise Unreadable(f"{name} is neither a notebook (.ipynb) nor Python code (.py)")


def from_code(assignment: Assignment, code: str) -> Submission:
    """The code goes into the first solution cell; the other solution cells are empty."""
    first = next((cell.id for cell in assignment.cells if cell.kind == "solution"), None)
    cells = [
        replace(cell, source=code if cell.id == first else "") if cell.kind == "solution" else cell
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
            added = names_bound(source if is_short_python(source) else "")
            added -= names_bound(known.source)
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
    used = set(assignment.subjects).union(*map(names_in, users))
    used.update(*(WORD.findall(user) for user in users if AS_TEXT.search(user)))
    needed = {id(cell) for cell in slice_of(ours, used)}
    steps = []
    for name, cell, own in cells:
        if cell.kind == "test":
            steps.append(Step(name, "", test=cell.id))
        elif (own or id(cell) in needed) and cell.source.strip():
            steps.append(Step(name, cell.source))
    return Submission(steps, list(dict.fromkeys(flags)))
