"""Make the notebooks that students get from the solutions: `lmgrade release`.

`solutions/NAME.py` (jupytext percent, with nbgrader's metadata) becomes the student's notebook
`exercises/NAME/NAME.ipynb`, without solutions and hidden tests. The full notebook goes to
`solutions/NAME/NAME.ipynb`, where nbgrader's own commands look for it; git ignores it.
"""

import copy
import hashlib
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode
from nbgrader import preprocessors as nb
from nbgrader.nbgraderformat import ValidationError
from nbgrader.utils import is_grade, is_solution

from lmgrade.notebook.assignment import (
    INSTALL_ID,
    UnknownAssignment,
    find_source,
    load,
    read_source,
)
from lmgrade.notebook.install import install_source

ROOT = Path(__file__).parents[2]
MARK = "lmgrade_sources"  # in a notebook's metadata: a fingerprint of its cells as released
CHECK = re.compile(r"^check\.(?!hint\b)\w+\(", re.M)
MARKER = re.compile(r"^\s*###? *(BEGIN|END)\b.*$", re.M)  # nbgrader takes away what it knows
# nbgrader's own list for generate_assignment, less the one that writes into the gradebook.
STEPS = (
    nb.LockCells,
    nb.ClearSolutions,
    nb.ClearOutput,
    nb.CheckCellMetadata,
    nb.ClearHiddenTests,
    nb.ClearMarkScheme,
    nb.ComputeChecksums,
    nb.CheckCellMetadata,
)


def names(root: Path = ROOT) -> list[str]:
    """The assignments that have a solution."""
    return sorted(path.stem for path in (root / "solutions").glob("*.py"))


def source_of(name: str, root: Path = ROOT) -> Path:
    """Where an assignment is written."""
    path = find_source(root / "solutions", name)
    if path.suffix != ".py":
        text = f"{path} is nbgrader's own source; release it with: nbgrader generate_assignment"
        raise UnknownAssignment(f"{text} {name}")
    return path


def solution_notebook(path: Path) -> NotebookNode:
    """The instructor's notebook: solutions and hidden tests included, cell ids from grade ids."""
    notebook = read_source(path)
    if (install := _install_cell(path.parents[1])) is not None:
        title = notebook.cells[0].cell_type == "markdown"
        notebook.cells.insert(int(title), install)
    for index, cell in enumerate(notebook.cells):
        cell.metadata.pop("lines_to_next_cell", None)  # jupytext's, of no use in a notebook
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id", f"cell-{index}")
        is_test = is_grade(cell) and not is_solution(cell)
        if cell.cell_type == "code" and (is_test or CHECK.search(cell.source)):
            # "Run All Cells" goes on after it: where it fails, later checks get their verdict, too.
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "raises-exception"]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata = NotebookNode(kernelspec=NotebookNode(kernel))
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def write_whole(path: Path, text: str) -> None:
    """Write all of a file; where that fails, as on a full disk, what was there before stays."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        unfinished.write_text(text, encoding="utf-8")
        os.replace(unfinished, path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def release_notebook(notebook: NotebookNode) -> NotebookNode:
    """What a student gets: the same cells without solutions and hidden tests."""
    notebook = copy.deepcopy(notebook)  # the steps edit cells in place
    resources: dict[str, object] = {}
    for step in STEPS:
        notebook, resources = step().preprocess(notebook, resources)
    notebook.metadata[MARK] = _sources(notebook)
    return notebook


def write(notebook: NotebookNode, path: Path) -> bool:
    """Write the notebook unless the file already holds it; say whether it changed."""
    text = nbformat.writes(notebook) + "\n"
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text)
    return True


def is_edited(path: Path) -> bool:
    """Whether somebody works in a notebook that was released: its cells are not those it had."""
    try:
        notebook = nbformat.read(path, as_version=4)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except Exception:  # whatever it is, we have not written it
        return True
    return notebook.metadata.get(MARK, _sources(notebook)) != _sources(notebook)


def _sources(notebook: NotebookNode) -> str:
    """A fingerprint of the cells, whatever they have put out."""
    text = json.dumps([cell.source for cell in notebook.cells])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def release(name: str, root: Path = ROOT) -> tuple[Path, str]:
    """Write both notebooks of an assignment; return the student's and what became of it.

    That is "wrote", "kept" as it was, or "edited": then it is somebody's work and stays.
    """
    source = source_of(name, root)
    try:
        notebook = solution_notebook(source)
        released = release_notebook(notebook)
        for cell in released.cells:
            if left := MARKER.search(cell.source):
                raise ValueError(f"students would get the line {left[0].strip()!r}")
    except (RuntimeError, ValueError, ValidationError) as error:
        raise UnknownAssignment(f"{source} is no assignment: {error}") from None
    write(notebook, root / "solutions" / name / f"{name}.ipynb")
    path = root / "exercises" / name / f"{name}.ipynb"
    if is_edited(path):
        return path, "edited"
    return path, "wrote" if write(released, path) else "kept"


def _install_cell(root: Path) -> NotebookNode | None:
    """A first cell for Colab, if the course says where its library comes from."""
    config = root / "_config.yml"
    if not config.is_file():
        return None
    try:
        source = install_source(config)
    except (yaml.YAMLError, AttributeError, TypeError, KeyError) as error:
        why = f"it should name the repository's url ({type(error).__name__}: {error})"
        raise UnknownAssignment(f"{config} cannot be used: {why}") from None
    cell = nbformat.v4.new_code_cell(source, metadata={"cellView": "form"})  # folded on Colab
    marks = {"grade_id": INSTALL_ID, "cell_type": "code", "schema_version": 3, "locked": True}
    cell.metadata["nbgrader"] = {**marks, "grade": False, "solution": False, "task": False}
    return cell


def main(chosen: Sequence[str] = (), root: Path = ROOT) -> int:
    """Release the named assignments, or all of them."""
    chosen = chosen or names(root)
    if not chosen:
        raise UnknownAssignment(f"there are no assignments in {root.resolve() / 'solutions'}/")
    for number, name in enumerate(chosen, 1):
        load(name, root)  # tells what is wrong with it
        path, what = release(name, root)
        print(f"  {number} of {len(chosen)}: {what} {path.relative_to(root)}", flush=True)
        if what == "edited":
            print("  It holds somebody's work and stays. Move it away, then run this again.")
    return 0
