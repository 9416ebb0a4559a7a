"""What is made of a student's folder and file, whatever they hold."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lmgrade.notebook.assignment import Assignment, read_cells
from lmgrade.notebook.names import names_bound, names_in, names_used
from lmgrade.notebook.submission import (
    MAX_FILE,
    OWN_NAME,
    SECRET,
    TIME,
    Submission,
    Unreadable,
    from_cells,
    from_code,
    from_file,
    parse_notebook,
    read_folder,
)
from tests.lmgrade.course import solved


def cell(source: str, id: str = "", points: float | None = None, solution: bool = False) -> Any:
    marks = {"grade_id": id, "grade": points is not None, "points": points, "solution": solution}
    marks["locked"] = not solution
    metadata = {"nbgrader": marks} if id else {}
    return {"cell_type": "code", "source": source, "metadata": metadata}


OURS = [
    cell("import math, random"),
    cell("table = [1, 2]"),
    cell("table.sort()"),
    cell("print(table)"),
    cell("unit = 'm'", "unit"),
    cell("def area(r): return math.pi * r * r * len(table), unit", "sol", solution=True),
    cell("assert area(1)", "first", 1),
    cell("random.seed(1)"),
    cell("assert unit and area(2)", "second", 2),
]
ASSIGNMENT = Assignment("toy", read_cells(OURS))


def plan(*changes: tuple[int, Any]) -> Submission:
    """What is run of our own notebook with other cells, or none, at these places."""
    cells = list(OURS)
    for place, other in changes:
        cells[place] = other
    return from_cells(ASSIGNMENT, [cell for cell in cells if cell is not None])


def run(submission: Submission) -> list[str]:
    return [step.test or step.source for step in submission.steps]


def test_cells_and_tests_keep_their_order_and_what_nobody_needs_is_left_out() -> None:
    sources = [each["source"] for each in OURS]
    assert run(plan()) == [*sources[:3], sources[4], sources[5], "first", "second"]
    assert plan().flags == []
    added = cell("print(random.random())")
    assert run(plan((7, added)))[-2:] == ["print(random.random())", "second"]


def test_what_is_missing_comes_back_and_is_flagged() -> None:
    found = plan((4, None), (6, None))
    assert run(found)[0] == "unit = 'm'"
    assert "first" not in run(found)[:-1]
    assert run(found)[-1] == "first"
    assert found.flags == ["the cell unit is missing", "the cell first is missing"]


def test_sources_of_read_only_cells_are_ours() -> None:
    found = plan((4, cell("unit = helper = 1", "unit")), (6, cell("pass", "first", 99)))
    assert "unit = 'm'" in run(found)
    assert found.flags == ["the read-only cell unit was made to define helper: not run"]
    assert plan((7, cell("", "second"))).flags == ["the cell second is there more than once"]


def test_the_imports_of_a_cell_that_was_edited_still_hold() -> None:
    assert run(plan((0, cell("import nowhere\nimport math"))))[0] == "import math, random"


def test_another_assignments_notebook_is_flagged() -> None:
    found = from_cells(ASSIGNMENT, [cell("x = 1")])
    assert "no cell of this assignment is there" in found.flags[0]


def test_code_that_no_notebook_holds_is_not_read() -> None:
    with pytest.raises(Unreadable, match="characters of code"):
        plan((5, cell("x" * 300_000, "sol")))


def test_a_python_file_stands_for_the_solution(tmp_path: Path) -> None:
    code = "def area(r): return __file__"
    steps = from_code(ASSIGNMENT, code).steps
    assert steps[0].name == OWN_NAME
    assert code in [step.source for step in steps]
    (tmp_path / "x.txt").touch()
    with pytest.raises(Unreadable, match="neither a notebook"):
        from_file(ASSIGNMENT, tmp_path / "x.txt")


def test_no_more_is_kept_of_a_notebook_than_is_graded() -> None:
    """Metadata takes a hundred times its size in memory."""
    outputs = [{}, {"data": {"image/png": "iVBO", "text/html": "<b>"}}, {"text": ["long"] * 100}]
    odd = {"cell_type": "code", "source": ["x = 1\n", "y"], "outputs": outputs, "id": "a"}
    marks = {"grade_id": "sol", "points": 100, "more": [{}] * 100}
    text = json.dumps({"cells": [{**odd, "metadata": {"nbgrader": marks, "tags": [{}]}}]})
    (kept,) = parse_notebook(text)
    metadata = {"nbgrader": {"grade_id": "sol"}}
    slim = {"cell_type": "code", "source": "x = 1\ny", "metadata": metadata}
    assert kept == slim | {"pictures": ["iVBO"]}


# --- the folder -----------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "ada" / "toy"
    folder.mkdir(parents=True)
    (folder / "toy.ipynb").write_text(json.dumps(solved()))
    return folder


def test_files_beside_the_notebook_come_along_but_no_links_and_no_folders(folder: Path) -> None:
    (folder / "data.csv").write_text("a,b")
    (folder / "__init__.py").touch()
    (folder / TIME).write_text("2026-01-02 03:04:05 UTC")
    (folder / SECRET).write_text("s")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / "link.csv").symlink_to("/etc/passwd")
    (folder / "old.ipynb").write_text("{}")
    (folder / "pictures").mkdir()
    os.mkfifo(folder / "pipe")
    found = read_folder(folder, "toy.ipynb")
    assert found.problem is None
    assert found.files == {"data.csv": b"a,b", "__init__.py": b""}
    assert found.exchanged == {TIME: b"2026-01-02 03:04:05 UTC", SECRET: b"s"}
    left_out = "link.csv, old.ipynb, pictures, pipe"
    assert found.flags == [f"more was handed in, which is not used: {left_out}"]


def test_files_have_room_for_20_megabytes_in_all(folder: Path) -> None:
    (folder / "a.bin").write_bytes(b"x" * (MAX_FILE - 1))
    (folder / "b.bin").write_bytes(b"yy")
    found = read_folder(folder, "toy.ipynb")
    assert list(found.files) == ["a.bin"]
    assert found.flags == ["more was handed in, which is not used: b.bin"]


@pytest.mark.parametrize("place", ["toy", "."])
def test_a_folder_that_is_a_link_is_nobody_elses_work(folder: Path, place: str) -> None:
    eve = folder.parents[1] / "eve"
    if place == ".":
        eve.symlink_to(folder.parent)
    else:
        eve.mkdir()
        (eve / "toy").symlink_to(folder)
    found = read_folder(eve / "toy", "toy.ipynb")
    assert "symbolic link" in str(found.problem)
    assert found.notebook == ""


def test_a_folder_that_becomes_a_link_meanwhile_leads_nowhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may change `submitted/` could swap it between a look and the reading."""
    eve = folder.parents[1] / "eve" / "toy"
    eve.mkdir(parents=True)
    (eve / "toy.ipynb").write_text("eve's own")
    listed = os.listdir

    def swap(fd: int) -> list[str]:
        eve.rename(eve.with_name("away"))
        eve.symlink_to(folder)
        return listed(fd)

    monkeypatch.setattr(os, "listdir", swap)
    assert read_folder(eve, "toy.ipynb").notebook == "eve's own"
    monkeypatch.undo()
    monkeypatch.setattr(Path, "is_symlink", lambda _: False)  # as if it was none just before
    assert "is a file where a folder should be" in str(read_folder(eve, "toy.ipynb").problem)


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("toy.ipynb", b"\xff\xfe", "not UTF-8 text"),
        ("other.ipynb", b"{}", r"no toy.ipynb was handed in \(there is other.ipynb\)"),
        ("toy.ipynb", b" " * (MAX_FILE + 1), "larger than 20 MB; clear its outputs"),
    ],
)
def test_what_cannot_be_read_says_what_to_hand_in(
    folder: Path, name: str, data: bytes, why: str
) -> None:
    (folder / "toy.ipynb").unlink()
    (folder / name).write_bytes(data)
    with pytest.raises(Unreadable, match=why):
        raise read_folder(folder, "toy.ipynb").problem or AssertionError


# --- names ----------------------------------------------------------------------------------


def test_names_that_cells_bind_and_use() -> None:
    source = "import a.b as c, d.e\nx.y[0] = 1\ndef f(g): return h\nz = !ls\nfor i in j: pass"
    assert names_bound(source) == {"c", "d", "x", "f", "z", "i"}
    assert {"x", "h", "j"} <= names_used(source)
    assert "g" not in names_used(source)


@pytest.mark.parametrize("source", ["!a\n" * 1600, "x = 1\n" * 2000, "a b", "~" * 4000])
def test_reading_a_students_names_takes_no_time_that_they_choose(source: str) -> None:
    assert names_in(source) <= {"a", "b", "x"}
