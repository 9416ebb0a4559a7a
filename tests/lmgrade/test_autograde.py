"""A whole class, some of whom tampered with their notebooks: everyone gets a grade or a flag."""

import copy
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest

from lmgrade.grading.result import Result
from lmgrade.nbgrader import autograde as grading
from lmgrade.nbgrader.records import Paths
from lmgrade.notebook.assignment import Assignment
from lmgrade.notebook.submission import MAX_FILE, Submission
from tests.lmgrade.course import (
    RIGHT,
    SOURCE,
    UNWRITTEN,
    WRONG,
    autograde,
    edited,
    grades,
    lmgrade,
    make,
    nbgrader,
    solved,
    start,
    submit,
)

SCRIPT = "<script>alert(1)</script>"
FOREIGN = {"output_type": "display_data", "data": {"text/html": SCRIPT}, "metadata": {}}


def retag(notebook: Any) -> None:
    notebook.cells[2].metadata = {"tags": ["skip-execution"]}


def drop_test(notebook: Any) -> None:
    del notebook.cells[2]


def more_points(notebook: Any) -> None:
    notebook.cells[2].metadata["nbgrader"]["points"] = 100


def twice(notebook: Any) -> None:
    notebook.cells.append(copy.deepcopy(notebook.cells[2]))


def odd_metadata(notebook: Any) -> None:
    notebook.cells[1].metadata["nbgrader"]["schema_version"] = 99
    notebook.cells[2].metadata["nbgrader"] = [1]
    notebook.metadata = {"kernelspec": {"name": "nix"}}


def answer_below(notebook: Any) -> None:
    notebook.cells[3].source = UNWRITTEN
    notebook.cells.append(nbformat.v4.new_markdown_cell("Because it is so."))


def answer_split(notebook: Any) -> None:
    """As Jupyter splits a cell: both halves have its metadata."""
    answer_unwritten(notebook)
    notebook.cells.insert(4, copy.deepcopy(notebook.cells[3]))
    notebook.cells[4].source = "Because it is so."


def no_answer_but_code(notebook: Any) -> None:
    answer_unwritten(notebook)
    notebook.cells.append(nbformat.v4.new_code_cell("print(area(1))  # three"))


def answer_moved(notebook: Any) -> None:
    notebook.cells[3].metadata = {}


def answer_unwritten(notebook: Any) -> None:
    notebook.cells[3].source = UNWRITTEN


def answer_gone(notebook: Any) -> None:
    del notebook.cells[3]


def fails_here_alone(notebook: Any) -> None:
    notebook.cells[0].source = "version = !python --version\nprint(version[0])\nimport math"


def script(notebook: Any) -> None:
    link = "[x](javascript:alert(1)) $\\href{javascript:alert(1)}{x}$"
    notebook.cells[3].source = f"{SCRIPT} {link}\n\n# sol\n\nsol\n==="
    raw = {"cell_type": "raw", "source": SCRIPT, "metadata": {"raw_mimetype": "text/html"}}
    notebook.cells.append(raw)
    notebook.cells[1].outputs = [FOREIGN]


SUBMISSIONS: dict[str, tuple[str | None, float, bool]] = {
    # name: (text of the notebook, score of the test, whether it is flagged)
    "right": (json.dumps(solved()), 3, False),
    "wrong": (json.dumps(solved(WRONG)), 0, False),
    "retagged": (edited(retag, WRONG), 0, True),
    "dropped": (edited(drop_test, WRONG), 0, True),
    "greedy": (edited(more_points), 3, False),
    "twice": (edited(twice), 3, True),
    "odd": (edited(odd_metadata), 3, True),
    "script": (edited(script), 3, False),
    "printed": (json.dumps(solved(f"print({SCRIPT!r})\n{RIGHT}")), 3, False),
    "surrogate": (json.dumps(solved(RIGHT + "\n# \ud800")), 3, False),
    "answer-below": (edited(answer_below), 3, False),
    "answer-moved": (edited(answer_moved), 3, True),
    "answer-unwritten": (edited(answer_unwritten), 3, False),
    "answer-gone": (edited(answer_gone), 3, True),
    "answer-split": (edited(answer_split), 3, False),
    "no-answer-but-code": (edited(no_answer_but_code), 3, False),
    "fails-here-alone": (edited(fails_here_alone), 3, False),
    "reads-a-file": (json.dumps(solved(f"open('more.txt').read()\n{RIGHT}")), 3, False),
    "not-json": ("{", 0, True),
    "no-cells": ("{}", 0, True),
    "list": ("[]", 0, True),
    "deep": ("[" * 100_000, 0, True),
    "old": (json.dumps({"nbformat": 3, "worksheets": []}), 0, True),
    "huge": (" " * (MAX_FILE + 1), 0, True),
    "missing": (None, 0, True),
    "linked": (None, 0, True),
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = make(tmp_path_factory.mktemp("course"))
    for student, (notebook, _, _) in SUBMISSIONS.items():
        folder = course / "submitted" / student / "toy"
        folder.mkdir(parents=True)
        if notebook is not None:
            (folder / "toy.ipynb").write_text(notebook)
    (course / "submitted/linked/toy/toy.ipynb").symlink_to(course / "submitted/right/toy/toy.ipynb")
    (course / "submitted/right/toy/.ipynb_checkpoints").mkdir()
    (course / "submitted/reads-a-file/toy/more.txt").write_text("data")
    done = start(course, "nbgrader", "autograde", "toy")
    assert done.returncode == 1, done.stderr
    assert f"{len(SUBMISSIONS)} graded, 8 with nothing to run" in done.stderr
    unread = "deep, huge, linked, list, missing, no-cells, not-json, old"
    assert f"nothing to run of {unread}:" in done.stderr
    return course


@pytest.mark.parametrize("student", SUBMISSIONS)
def test_everyone_gets_the_grade_deserved(course: Path, student: str) -> None:
    _, score, flagged = SUBMISSIONS[student]
    auto, was_flagged, count = grades(course)[student]
    assert count == 2
    assert auto["test"] == score
    assert was_flagged == flagged


def test_written_answers_wait_for_a_person(course: Path) -> None:
    found = grades(course)
    for student in ("right", *(f"answer-{way}" for way in ("below", "moved", "split"))):
        assert found[student][0]["why"] is None
    for student in ("missing", "answer-unwritten", "answer-gone", "no-answer-but-code"):
        assert found[student][0]["why"] == 0


def test_autograded_holds_plain_files_without_hidden_tests(course: Path) -> None:
    for student in SUBMISSIONS:
        (path,) = (course / "autograded" / student / "toy").iterdir()
        assert path.name == "toy.ipynb"
        assert not path.is_symlink()
        nbformat.validate(nbformat.read(path, 4))
        assert "area(2) -" not in path.read_text()


def test_feedback_runs_no_script_and_shows_no_hidden_test(course: Path) -> None:
    for student in ("script", "printed", "wrong"):
        nbgrader(course, "generate_feedback", "toy", "--student", student)
        page = (course / "feedback" / student / "toy" / "toy.html").read_text()
        for unsafe in (SCRIPT, 'href="javascript:', "\\href{", "area(2) -"):
            assert unsafe not in page
        assert not re.search(r"<h[1-6] id", page), "it could be taken for a box of points"
        assert '<a href="#test">test</a></td>' in page
    assert "area(2) is wrong" in page


def test_a_second_run_has_nothing_to_do_and_a_killed_one_goes_on(course: Path) -> None:
    before = grades(course)
    assert "Nothing to do" in autograde(course)
    shutil.rmtree(course / "autograded" / "wrong")  # as if killed before this one was finished
    assert "1 graded, 0 failed" in autograde(course)
    assert grades(course) == before


def test_the_command_leaves_pytorch_to_the_sandbox(course: Path) -> None:
    """To import it takes as long as to grade several submissions."""
    words = ["autograde", "toy", "--student", "right", "--force"]
    code = f"import sys; from lmgrade import cli; cli.main({words}); print(*sys.modules)"
    imported = set(start(course, "-c", code).stdout.split())
    assert {"nbgrader", "lmgrade.nbgrader.autograde"} <= imported
    assert not imported & {"torch", "dask", "distributed"}


def test_what_is_handed_in_again_is_graded_again(course: Path) -> None:
    path = course / "submitted" / "wrong" / "toy" / "toy.ipynb"
    before = path.read_text()
    for text, score in ((json.dumps(solved()), 3), (before, 0)):
        path.write_text(text)  # there is no timestamp.txt that would tell
        assert "1 graded, 0 failed" in autograde(course, "--student", "wrong")
        assert grades(course)["wrong"][0]["test"] == score


def test_a_broken_record_is_written_anew(course: Path) -> None:
    record = course / ".lmgrade" / "toy" / "wrong.json"
    record.write_text('{"submitted": 1, "tests": 5, "flags": 3}')
    for command in ("report", "flagged"):
        said = lmgrade(course, command, "toy", code=2).stderr
        assert "wrong.json is broken; run: lmgrade autograde toy --student wrong" in said
    assert "1 graded, 0 failed" in autograde(course, "--student", "wrong")
    lmgrade(course, "flagged", "toy", code=0)


def test_feedback_says_what_to_do_after_a_backup_was_restored(tmp_path: Path) -> None:
    course = make(tmp_path)
    submit(course, "ada")
    autograde(course)
    for made in ("autograded", ".lmgrade"):
        shutil.rmtree(course / made)
    assert "run: lmgrade autograde toy" in lmgrade(course, "feedback", "toy", code=2).stderr
    autograde(course)
    assert "1 pages made" in lmgrade(course, "feedback", "toy", code=0).stdout


def test_a_name_that_cannot_be_printed_stops_nobody_else(course: Path) -> None:
    odd = course / "submitted" / "two\nlines"
    shutil.copytree(course / "submitted" / "right", odd)
    said = autograde(course, code=1)
    listed = lmgrade(course, "flagged", "toy").stdout
    shutil.rmtree(odd)
    assert "0 graded, 1 failed" in said
    assert "rename its folder to something printable: 'two\\nlines'" in said
    assert "two\nlines" not in said
    assert "could not be recorded: rename its folder" in listed


def test_the_assignment_can_be_generated_after_it_was_graded(course: Path) -> None:
    lmgrade(course, "release", "toy", code=0)
    nbgrader(course, "generate_assignment", "toy", "--force", "--create")


def test_a_test_that_is_gone_is_named(course: Path) -> None:
    source = course / "solutions" / "toy.py"
    source.write_text(SOURCE.replace('grade_id": "test', 'grade_id": "renamed'))
    said = autograde(course, "--force", code=1)
    source.write_text(SOURCE)
    assert "nbgrader db assignment remove toy" in said


FAILING = SOURCE.replace("math.pi * r * r", "3 * r").replace(
    "### BEGIN HIDDEN",
    '\n# %% nbgrader={"grade": true, "grade_id": "second", "locked": true, '
    '"points": 1, "solution": false, "schema_version": 3, "task": false}\nassert area(0) == 1, '
    '"area(0) is wrong"\n### BEGIN HIDDEN',
)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (SOURCE.replace("assert abs(area(2)", "assert (abs(area(2)"), ["test: SyntaxError"]),
        (SOURCE.replace("import math\n", "import mat\n"), ["name 'math' is not defined"]),
        (FAILING, ["test: area(1) is wrong", "second: area(0) is wrong"]),
    ],
)
def test_tests_that_the_solution_fails_are_no_students_fault(
    source: str, why: list[str], tmp_path: Path
) -> None:
    course = make(tmp_path, source)
    submit(course, "ada")
    for _ in range(2):
        said = autograde(course, code=1)
        assert "the solution of toy itself loses points" in said
        assert all(text in said for text in why)
    refused = lmgrade(course, "export", "toy", code=2)
    assert why[-1] in refused.stderr
    assert refused.stdout == ""
    assert "ada" in lmgrade(course, "export", "toy", "--anyway", code=0).stdout
    (course / "solutions" / "toy.py").write_text(SOURCE)
    if source is not FAILING:  # which has a test more than the gradebook may take back
        assert "1 submissions were graded by other tests or points; --force" in autograde(course)
        autograde(course, "--force")
        assert grades(course)["ada"][0]["test"] == 3
        lmgrade(course, "export", "toy", code=0)


DIE = """\
import os, signal, sys
from lmgrade import cli
from lmgrade.nbgrader import autograde
{place} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
cli.main(["autograde", "toy"])
"""


@pytest.mark.parametrize("place", ["autograde.Grading._write", "autograde.write_record"])
def test_work_handed_in_again_is_graded_although_the_run_is_killed(
    place: str, tmp_path: Path
) -> None:
    course = make(tmp_path)
    submit(course, "ada")
    autograde(course)
    submit(course, "ada", f"{RIGHT}  # better")
    assert start(course, "-c", DIE.format(place=place)).returncode == -signal.SIGKILL
    autograde(course)
    assert "# better" in (course / "autograded" / "ada" / "toy" / "toy.ipynb").read_text()
    assert "Nothing to do" in autograde(course)


def test_a_run_that_is_killed_goes_on_and_grades_each_exactly_once(tmp_path: Path) -> None:
    course = make(tmp_path)
    students = [f"student{number}" for number in range(6)]
    for student in students:
        submit(course, student, f"import time\ntime.sleep(0.3)\n{RIGHT}")
    command = [sys.executable, "-m", "lmgrade.cli", "autograde", "toy", "--workers", "1"]
    killed = subprocess.Popen(command, cwd=course, stderr=subprocess.DEVNULL)
    while killed.poll() is None and len(list(course.glob("autograded/*/toy/toy.ipynb"))) < 2:
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL  # it was not done yet
    again = int(re.findall(r"(\d+) graded, 0 failed", autograde(course))[0])
    assert 0 < again < len(students)
    assert grades(course) == {s: ({"test": 3, "why": None}, False, 2) for s in students}


REFUSE = """\
import os, sys
from lmgrade import cli
opened = os.open
def refuse(path, *args, **options):
    if str(path) == {name!r}:
        raise PermissionError(13, "Permission denied")
    return opened(path, *args, **options)
os.open = refuse
sys.exit(cli.main(["autograde", "toy"]))
"""


@pytest.mark.parametrize(("name", "what"), [("toy.ipynb", "toy.ipynb"), ("toy", "the folder")])
def test_a_grade_stays_where_a_file_is_out_of_reach(name: str, what: str, tmp_path: Path) -> None:
    course = make(tmp_path)
    submit(course, "ada")
    autograde(course)
    done = start(course, "-c", REFUSE.format(name=name))
    assert done.returncode == 1
    assert f"failed  ada: {what} cannot be opened (Permission denied)" in done.stderr
    assert grades(course)["ada"][0]["test"] == 3


FULL = """\
import sys
from lmgrade import cli
from sqlalchemy import event, exc
from sqlalchemy.engine import Engine
@event.listens_for(Engine, "before_cursor_execute")
def refuse(connection, cursor, statement, *_):
    if statement.startswith({start!r}):
        raise exc.OperationalError(statement, {{}}, Exception("database or disk is full"))
sys.exit(cli.main(["autograde", "toy"]))
"""


@pytest.mark.parametrize(
    "begin", ["INSERT INTO assignment", "INSERT INTO grade_cell", "INSERT INTO grade "]
)
def test_a_full_disk_is_told_without_a_traceback(begin: str, tmp_path: Path) -> None:
    course = make(tmp_path)
    submit(course, "ada")
    done = start(course, "-c", FULL.format(start=begin))
    assert done.returncode == 1
    assert "disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert "1 graded, 0 failed" in autograde(course)
    assert grades(course) == {"ada": ({"test": 3, "why": None}, False, 2)}


def test_an_error_that_nobody_has_thought_of_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Echo:
        def grade(self, work: Any, total: float) -> Any:
            yield from ((key, Result()) for key, _, _ in work)

    def read(assignment: Assignment, cells: Any) -> Submission:
        if "raise" in str(cells):
            raise ArithmeticError("too many digits")
        return Submission([])

    todo = []
    for student, code in (("a", "1"), ("b", "raise"), ("c", "2")):
        folder = tmp_path / student / "toy"
        folder.mkdir(parents=True)
        (folder / "toy.ipynb").write_text(json.dumps({"cells": [{"source": code}]}))
        todo.append(Paths(student, folder, folder, folder))
    monkeypatch.setattr(grading, "from_cells", read)
    batch = grading.Grading.__new__(grading.Grading)
    batch.name, batch.assignment = "toy", Assignment("toy", ())
    batch.solution = grading.Solution("toy", [], tmp_path / "nowhere")
    found = {work.paths.student: work.result.error for work in batch.results(todo, Echo())}
    why = "reading it failed (ArithmeticError: too many digits); grade it by hand"
    assert found == {"a": None, "b": why, "c": None}
