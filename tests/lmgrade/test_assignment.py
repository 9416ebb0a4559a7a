"""The instructor's side: finding and reading an assignment, and naming what is wrong with it."""

import json
from pathlib import Path

import pytest

from lmgrade.notebook.assignment import (
    UnknownAssignment,
    data_files,
    find_source,
    load,
    read_cells,
)
from tests.lmgrade.course import SOURCE, make, solved


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('"points": 3', '"points": "three"', "'test' has 'three' points; a number was expected"),
        ('"points": 3', '"points": -1', "'test' has -1 points"),
        ('"points": 3', '"points": 3,,', r"toy\.py, line \d+: .* in \{"),
        ('"grade_id": "test"', '"grade_id": "sol"', "two cells have the grade_id 'sol'"),
        ('"grade": true, "grade_id": "test"', '"grade_id": "test"', "has no test cells"),
        ("def area(r)", "def area(r", r"toy\.py, cell sol, line 1 is no Python"),
    ],
)
def test_an_instructors_slip_is_named(old: str, new: str, named: str, tmp_path: Path) -> None:
    make(tmp_path, SOURCE.replace(old, new))
    with pytest.raises(UnknownAssignment, match=named):
        load("toy", tmp_path)


def test_what_the_tests_need_is_found(tmp_path: Path) -> None:
    found = load("toy", make(tmp_path))
    assert [(cell.id, cell.kind, cell.points) for cell in found.cells] == [
        ("cell-0", "plain", 0),
        ("sol", "solution", 0),
        ("test", "test", 3),
    ]
    assert found.subjects == ["area"]
    assert found.modules == ["math"]


def test_nbgraders_own_layout_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "source" / "toy"
    folder.mkdir(parents=True)
    (folder / "toy.ipynb").write_text(json.dumps(solved()))
    assert [test.id for test in load("toy", tmp_path).tests] == ["test"]
    assert data_files(folder) == folder
    assert data_files(folder.with_name("other")) is None


@pytest.mark.parametrize(
    ("notebooks", "said"),
    [
        (["ps/a", "ps/b"], r"one notebook, ps\.ipynb; in .*ps: a\.ipynb, b\.ipynb"),
        (["ps/ps", "ps/x"], r"one notebook, ps\.ipynb; in .*ps: ps\.ipynb, x\.ipynb"),
        (["quiz/quiz"], r"no assignment 'ps' in .*; there are: quiz\. Run"),
    ],
)
def test_an_assignment_has_one_notebook(notebooks: list[str], said: str, tmp_path: Path) -> None:
    for name in notebooks:
        path = tmp_path / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    with pytest.raises(UnknownAssignment, match=said):
        find_source(tmp_path, "ps")


@pytest.mark.parametrize("name", ["../toy", "./toy", "toy/toy"])
def test_a_path_is_no_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownAssignment, match="there are: toy"):
        load(name, make(tmp_path))


def test_odd_cells_are_read_as_what_they_are() -> None:
    cells = [
        {"cell_type": "markdown", "source": "x"},
        {"cell_type": "code", "source": ["a", 1, "b"], "metadata": {"nbgrader": [1]}},
        {"cell_type": "code", "source": "\ud800"},
    ]
    assert [(c.id, c.kind, c.source) for c in read_cells(cells)] == [
        ("cell-1", "plain", "ab"),
        ("cell-2", "plain", "?"),
    ]
