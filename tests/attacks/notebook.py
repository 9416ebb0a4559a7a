"""Submissions of the dropout assignment: the released notebook, filled in."""

import copy
import functools
from typing import Any

import nbformat

from lmgrade.notebook import release

ASSIGNMENT = "dropout"
POINTS = 18  # by tests; the written answer has two more, which a person gives
RIGHT = """\
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p is {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * torch.empty_like(x).bernoulli_(1 - self.p) / (1 - self.p)
"""


@functools.cache
def _released() -> Any:
    return release.release_notebook(release.solution_notebook(release.source_of(ASSIGNMENT)))


def released() -> Any:
    """What a student gets."""
    return copy.deepcopy(_released())


def cell_of(notebook: Any, grade_id: str) -> Any:
    """The first cell with this id of nbgrader's."""
    cells = notebook.cells
    return next(c for c in cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def filled_in(code: str, *added: str) -> Any:
    """The student's code in the cell that asks for it, and more cells after that one."""
    notebook = released()
    solution = cell_of(notebook, "dropout-solution")
    solution.source = code
    place = notebook.cells.index(solution) + 1
    notebook.cells[place:place] = [nbformat.v4.new_code_cell(source) for source in added]
    return notebook


def tests_of(notebook: Any) -> list[Any]:
    """The cells with tests."""
    found = []
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("grade") and not meta.get("solution"):
            found.append(cell)
    return found
