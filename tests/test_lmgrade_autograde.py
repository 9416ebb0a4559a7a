"""A whole class, some of whom tampered with their notebooks: everyone gets a grade or a flag."""

import copy
import csv
import html
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from matplotlib.figure import Figure
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat import from_dict
from nbgrader.api import Gradebook

from lmgrade import autograde, export
from lmgrade.assignment import Assignment
from lmgrade.autograde import Grading, Solution
from lmgrade.clean import harmless, rebuild
from lmgrade.records import Paths
from lmgrade.report import Symptom, plot, read_records, symptoms, write_csv
from lmgrade.result import Result, one_line
from lmgrade.submission import MAX_FILE, Submission, parse_notebook
from tests import needs

SOURCE = """\
# %%
import math

# %% nbgrader={"grade": false, "grade_id": "sol", "locked": false, "solution": true, META}
def area(r):
    ### BEGIN SOLUTION
    return math.pi * r * r
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test", "locked": true, "points": 3, LOCKED}
assert abs(area(1) - 3.14159) < 1e-3, "area(1) is wrong  [toy.area]"
### BEGIN HIDDEN TESTS
assert abs(area(2) - 12.566) < 1e-2, "area(2) is wrong  [toy.square]"
### END HIDDEN TESTS

# %% [markdown] nbgrader={"grade": true, "grade_id": "why", "locked": false, "points": 1, ANSWER}
# Why?
"""
META = '"schema_version": 3, "task": false, "cell_type": "code"'
SOURCE = SOURCE.replace("LOCKED", f'"solution": false, {META}')
SOURCE = SOURCE.replace("ANSWER", f'"solution": true, {META}'.replace("code", "markdown"))
SOURCE = SOURCE.replace("META", META)
CONFIG = """\
from lmgrade import plugin
c = get_config()
c.CourseDirectory.course_id = "toy"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
plugin.install(sandbox=SANDBOX)
"""
UNWRITTEN = "YOUR ANSWER HERE"
RIGHT = "def area(r):\n    return math.pi * r ** 2"
SCRIPT = "<script>alert(1)</script>"


def solved(code: str = RIGHT, answer: str = "Because.") -> Any:
    import jupytext

    notebook = jupytext.reads(SOURCE, "py:percent")
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"c{number}"
    notebook.cells[1].source = code
    notebook.cells[2].source = notebook.cells[2].source.split("\n")[0]
    notebook.cells[3].source = answer
    return notebook


def edit(change: Callable[[Any], None], code: str = RIGHT) -> str:
    notebook = copy.deepcopy(solved(code))
    change(notebook)
    return json.dumps(notebook)


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


def answer_above(notebook: Any) -> None:
    notebook.cells[3].source = UNWRITTEN
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("*Because* it is so."))


def answer_split(notebook: Any) -> None:
    """As Jupyter splits a cell: both halves have its metadata."""
    answer_unwritten(notebook)
    notebook.cells.insert(4, copy.deepcopy(notebook.cells[3]))
    notebook.cells[4].source = "Because it is so."


def answer_as_code(notebook: Any) -> None:
    answer_unwritten(notebook)
    notebook.cells.append(nbformat.v4.new_code_cell("Because it is so."))


def answer_as_comment(notebook: Any) -> None:
    answer_unwritten(notebook)
    notebook.cells.append(nbformat.v4.new_code_cell("# Because it is so."))


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
    html = {"output_type": "display_data", "data": {"text/html": SCRIPT}, "metadata": {}}
    notebook.cells[1].outputs = [html]


WRONG = "def area(r):\n    return 3.14159"
SUBMISSIONS: dict[str, tuple[str | None, float, bool]] = {
    # name: (text of the notebook, score of the test, whether it is flagged)
    "right": (json.dumps(solved()), 3, False),
    "wrong": (json.dumps(solved(WRONG)), 0, False),
    "retagged": (edit(retag, WRONG), 0, True),
    "dropped": (edit(drop_test, WRONG), 0, True),
    "greedy": (edit(more_points), 3, False),
    "twice": (edit(twice), 3, True),
    "odd": (edit(odd_metadata), 3, True),
    "script": (edit(script), 3, False),
    "printed": (json.dumps(solved(f"print({SCRIPT!r})\n{RIGHT}")), 3, False),
    "surrogate": (json.dumps(solved(RIGHT + "\n# \ud800")), 3, False),
    "answer-below": (edit(answer_below), 3, False),
    "answer-above": (edit(answer_above), 3, False),
    "answer-moved": (edit(answer_moved), 3, True),
    "answer-unwritten": (edit(answer_unwritten), 3, False),
    "answer-gone": (edit(answer_gone), 3, True),
    "answer-split": (edit(answer_split), 3, False),
    "answer-as-code": (edit(answer_as_code), 3, False),
    "answer-as-comment": (edit(answer_as_comment), 3, False),
    "no-answer-but-code": (edit(no_answer_but_code), 3, False),
    "fails-here-alone": (edit(fails_here_alone), 3, False),
    "not-json": ("{", 0, True),
    "no-cells": ("{}", 0, True),
    "list": ("[]", 0, True),
    "deep": ("[" * 100_000, 0, True),
    "old": (json.dumps({"nbformat": 3, "worksheets": []}), 0, True),
    "huge": (" " * (MAX_FILE + 1), 0, True),
    "missing": (None, 0, True),
    "linked": (None, 0, True),
}


def run(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=course,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = tmp_path_factory.mktemp("course")
    (course / "solutions").mkdir()
    (course / "solutions" / "toy.py").write_text(SOURCE)
    sandbox = str(needs.sandbox())
    (course / "nbgrader_config.py").write_text(CONFIG.replace("SANDBOX", sandbox))
    for student, (notebook, _, _) in SUBMISSIONS.items():
        folder = course / "submitted" / student / "toy"
        folder.mkdir(parents=True)
        if notebook is not None:
            (folder / "toy.ipynb").write_text(notebook)
    (course / "submitted/linked/toy/toy.ipynb").symlink_to(course / "submitted/right/toy/toy.ipynb")
    (course / "submitted/right/toy/.ipynb_checkpoints").mkdir()
    done = run(course, "nbgrader", "autograde", "toy")
    assert done.returncode == 1, done.stderr
    assert f"{len(SUBMISSIONS)} graded, 0 failed" in done.stderr
    assert "nothing to run of deep, huge, linked, list, missing, no-cells, not-json, old:" in (
        done.stderr
    )
    return course


def grades(course: Path, url: str | None = None) -> dict[str, Any]:
    with Gradebook(url or f"sqlite:///{course}/gradebook.db", "toy") as gradebook:
        found = {}
        for entry in gradebook.assignment_submissions("toy"):
            (notebook,) = entry.notebooks
            auto = {grade.name: grade.auto_score for grade in notebook.grades}
            found[entry.student.id] = (auto, notebook.flagged, len(notebook.grades))
        return found


@pytest.mark.parametrize("student", SUBMISSIONS)
def test_everyone_gets_the_grade_deserved(course: Path, student: str) -> None:
    _, score, flagged = SUBMISSIONS[student]
    auto, was_flagged, count = grades(course)[student]
    assert count == 2
    assert auto["test"] == score
    assert was_flagged == flagged


def test_written_answers_wait_for_a_person(course: Path) -> None:
    found = grades(course)
    ways = ("below", "above", "moved", "split", "as-code", "as-comment")
    for student in ("right", *(f"answer-{way}" for way in ways)):
        assert found[student][0]["why"] is None
    for student in ("missing", "answer-unwritten", "answer-gone", "no-answer-but-code"):
        assert found[student][0]["why"] == 0


def test_autograded_holds_plain_files_without_hidden_tests(course: Path) -> None:
    for student in SUBMISSIONS:
        folder = course / "autograded" / student / "toy"
        assert [path.name for path in folder.iterdir()] == ["toy.ipynb"]
        path = folder / "toy.ipynb"
        assert not path.is_symlink()
        nbformat.validate(nbformat.read(path, 4))
        assert "area(2) -" not in path.read_text()


def test_feedback_runs_no_script_and_shows_no_hidden_test(course: Path) -> None:
    for student in ("script", "printed", "wrong"):
        done = run(course, "nbgrader", "generate_feedback", "toy", "--student", student)
        assert done.returncode == 0, done.stderr
        page = (course / "feedback" / student / "toy" / "toy.html").read_text()
        assert SCRIPT not in page
        assert 'href="javascript:' not in page
        assert "\\href{" not in page
        assert "area(2) -" not in page
        assert not re.search(r"<h[1-6] id", page), (
            "the Formgrader could take it for a box of points"
        )
    assert "area(2) is wrong" in page


def test_a_second_run_has_nothing_to_do_and_a_killed_one_goes_on(course: Path) -> None:
    before = grades(course)
    done = run(course, "lmgrade.cli", "autograde", "toy")
    assert "Nothing to do" in done.stderr
    shutil.rmtree(course / "autograded" / "wrong")  # as if killed before this one was finished
    done = run(course, "lmgrade.cli", "autograde", "toy")
    assert "1 graded, 0 failed" in done.stderr
    assert grades(course) == before


def test_the_command_leaves_pytorch_to_the_sandbox(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To import it takes as long as to grade several submissions."""
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    done = run(course, "lmgrade.cli", "autograde", "toy", "--student", "right", "--force")
    assert "1 graded, 0 failed" in done.stderr
    imported = re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE)
    assert {"nbgrader", "lmgrade.autograde"} <= set(imported)
    assert "torch" not in imported


def test_what_is_handed_in_again_is_graded_again(course: Path) -> None:
    path = course / "submitted" / "wrong" / "toy" / "toy.ipynb"
    before = path.read_text()
    for text, score in ((json.dumps(solved()), 3), (before, 0)):
        path.write_text(text)  # there is no timestamp.txt that would tell
        done = run(course, "lmgrade.cli", "autograde", "toy", "--student", "wrong")
        assert "1 graded, 0 failed" in done.stderr
        assert grades(course)["wrong"][0]["test"] == score


@pytest.mark.parametrize("text", ["[]", "{", '{"submitted": 1, "tests": 5, "flags": 3}'])
def test_a_broken_record_is_written_anew(text: str, course: Path) -> None:
    record = course / ".lmgrade" / "toy" / "wrong.json"
    record.write_text(text)
    for command in ("report", "flagged"):
        done = run(course, "lmgrade.cli", command, "toy")
        assert "wrong.json is broken; run: lmgrade autograde toy --student wrong" in done.stderr
        assert "Traceback" not in done.stderr
    done = run(course, "lmgrade.cli", "autograde", "toy", "--student", "wrong")
    assert "1 graded, 0 failed" in done.stderr
    assert run(course, "lmgrade.cli", "flagged", "toy").returncode == 0


def test_a_name_that_cannot_be_printed_stops_nobody_else(course: Path) -> None:
    odd = course / "submitted" / "two\nlines"
    shutil.copytree(course / "submitted" / "right", odd)
    done = run(course, "lmgrade.cli", "autograde", "toy")
    shutil.rmtree(odd)
    assert done.returncode == 1
    assert "0 graded, 1 failed" in done.stderr
    assert "rename its folder to something printable: 'two\\nlines'" in done.stderr
    assert "two\nlines" not in done.stderr


def test_the_assignment_can_be_generated_after_it_was_graded(course: Path) -> None:
    assert run(course, "lmgrade.cli", "release", "toy").returncode == 0
    done = run(course, "nbgrader", "generate_assignment", "toy", "--force", "--create")
    assert done.returncode == 0, done.stderr


def test_a_test_that_is_gone_is_named(course: Path) -> None:
    source = course / "solutions" / "toy.py"
    source.write_text(SOURCE.replace('grade_id": "test', 'grade_id": "renamed'))
    done = run(course, "lmgrade.cli", "autograde", "toy", "--force")
    source.write_text(SOURCE)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "nbgrader db assignment remove toy" in done.stderr


def test_the_report_counts_students_by_symptom(course: Path) -> None:
    found = {s.id: set(s.students) for s in symptoms(read_records(course, "toy"))}
    assert found["toy.square"] == {"wrong", "retagged", "dropped"}
    listed = run(course, "lmgrade.cli", "flagged", "toy").stdout
    assert "linked: toy.ipynb is a symbolic link" in listed


def test_the_picture_counts_students_in_whole_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Figure] = []
    monkeypatch.setattr(Figure, "savefig", lambda figure, *_, **__: drawn.append(figure))
    plot([Symptom("toy.area", "area(1) is wrong", ("ada",), 3.0)], 3, "toy", tmp_path / "x.png")
    assert all(float(tick).is_integer() for tick in drawn[0].axes[0].get_xticks())


def test_the_picture_shows_what_is_no_formula(tmp_path: Path) -> None:
    odd = Symptom("no $\\frac{x$ here", "no formula", ("ada",), 3.0)
    plot([odd], 3, "toy", tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 0


def test_the_picture_has_the_name_that_it_was_given(tmp_path: Path) -> None:
    plot([Symptom("toy.area", "area(1) is wrong", ("ada",), 3.0)], 3, "toy", tmp_path / "x")
    assert (tmp_path / "x").read_bytes().startswith(b"\x89PNG")


def test_the_report_leaves_out_a_submission_that_is_gone(course: Path, tmp_path: Path) -> None:
    def students() -> set[str]:
        return {record["student"] for record in read_records(course, "toy")}

    everyone, folder = students(), course / "submitted" / "wrong" / "toy"
    shutil.move(folder, tmp_path / "toy")
    assert students() == everyone - {"wrong"}
    shutil.move(tmp_path / "toy", folder)
    assert students() == everyone


def test_the_report_of_a_course_whose_submissions_were_put_away_counts_all(
    course: Path, tmp_path: Path
) -> None:
    shutil.copytree(course / ".lmgrade", tmp_path / ".lmgrade")
    assert {record["student"] for record in read_records(tmp_path, "toy")} >= set(SUBMISSIONS)


@pytest.mark.parametrize("kind", ["nbgrader", "canvas", "moodle"])
def test_exports_hold_every_student(course: Path, kind: str) -> None:
    done = run(course, "lmgrade.cli", "export", "toy", "--format", kind)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == len(SUBMISSIONS) + (2 if kind == "canvas" else 1)
    assert any(line.startswith(("right,", "toy,,,right,")) for line in lines)


FORMULA = '=HYPERLINK("http://evil","x")'


@pytest.mark.parametrize("kind", ["nbgrader", "canvas", "moodle"])
def test_no_table_holds_a_formula(kind: str) -> None:
    keys = ("student", "lms_id", "first", "last", "email", "timestamp", "duedate")
    row = {**dict.fromkeys(keys, FORMULA), "raw": -1.0, "penalty": 0.0, "score": -1.0, "max": 2.0}
    text = export.as_table("toy", [{**row, "graded": True}], kind)
    values = [value for line in csv.reader(io.StringIO(text)) for value in line]
    assert any(FORMULA in value for value in values)
    assert not any(value.startswith("=") for value in values)
    assert "-1.0" in values  # a number stays one


def test_nor_does_the_report(tmp_path: Path) -> None:
    write_csv([Symptom("toy.area", "-1 is wrong", (FORMULA, "ada"), 2.0)], tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(newline="") as file:
        _, first, second = csv.reader(file)
    assert first == ["toy.area", "'" + FORMULA, "'-1 is wrong"]
    assert second[1] == "ada"


@pytest.mark.parametrize("name", ["nix", "./toy"])
@pytest.mark.parametrize("command", ["autograde", "report", "flagged", "export"])
def test_an_unknown_assignment_is_explained(course: Path, command: str, name: str) -> None:
    done = run(course, "lmgrade.cli", command, name)
    assert done.returncode != 0
    assert repr(name) in done.stderr
    assert "there are: toy" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["autograde", "toy", "--workers", "0"], "'0' is no number from 1 up"),
        (["autograde", "toy", "--student", ".."], "'..' is no student"),
        (["autograde", "toy", "--course", "nowhere"], "'nowhere' is no folder"),
        (["report", "toy", "--csv", "nowhere/x.csv"], "nowhere/x.csv cannot be written"),
        (["report", "toy", "--plot", "x.xyz"], "x.xyz cannot be written"),
        (["export", "toy", "--to", "."], ". cannot be written"),
    ],
)
def test_a_bad_option_is_explained(course: Path, arguments: list[str], named: str) -> None:
    done = run(course, "lmgrade.cli", *arguments)
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["score", "toy", "x.py"], ["release", "toy"]])
def test_a_solution_that_is_no_python_is_the_instructors_affair(
    course: Path, tmp_path: Path, command: list[str]
) -> None:
    (tmp_path / "solutions").mkdir()
    solution = (course / "solutions" / "toy.py").read_text()
    (tmp_path / "solutions" / "toy.py").write_text(solution.replace("def area(", "def area)("))
    (tmp_path / "x.py").write_text("def area(r):\n    return 3 * r * r\n")
    done = run(tmp_path, "lmgrade.cli", *command)
    assert done.returncode == 2
    assert "toy.py, cell" in done.stderr
    assert "is no Python" in done.stderr
    assert not (tmp_path / "exercises").exists()


def first_runs(course: Path, tmp_path: Path, url: str | None = None) -> None:
    """Four runs at once where there is no gradebook yet: all succeed, and every grade is right."""
    shutil.copytree(course / "solutions", tmp_path / "solutions")
    config = (course / "nbgrader_config.py").read_text()
    config += "" if url is None else f"c.CourseDirectory.db_url = {url!r}\n"
    (tmp_path / "nbgrader_config.py").write_text(config)
    for student in ("right", "wrong"):
        shutil.copytree(course / "submitted" / student, tmp_path / "submitted" / student)
    command = [sys.executable, "-m", "lmgrade.cli", "autograde", "toy", "--workers=1"]
    runs = [subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE) for _ in range(4)]
    said = [process.communicate()[1].decode() for process in runs]
    assert [process.returncode for process in runs] == [0] * 4, said
    found = grades(tmp_path, url)
    assert {student: auto["test"] for student, (auto, _, _) in found.items()} == {
        "right": 3,
        "wrong": 0,
    }


def test_first_runs_at_once_do_not_disturb_each_other(course: Path, tmp_path: Path) -> None:
    first_runs(course, tmp_path)


@pytest.mark.needs("postgresql")
def test_nor_do_they_in_postgresql(course: Path, tmp_path: Path, database: str) -> None:
    first_runs(course, tmp_path, database)


def test_a_gradebook_in_no_folder_is_explained(course: Path, tmp_path: Path) -> None:
    shutil.copytree(course / "solutions", tmp_path / "solutions")
    shutil.copytree(course / "submitted" / "right", tmp_path / "submitted" / "right")
    url = f"c.CourseDirectory.db_url = 'sqlite:///{tmp_path}/nowhere/gradebook.db'\n"
    config = (course / "nbgrader_config.py").read_text()
    (tmp_path / "nbgrader_config.py").write_text(config + url)
    done = run(tmp_path, "lmgrade.cli", "autograde", "toy")
    assert done.returncode == 1
    assert "nowhere/gradebook.db cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("line", ["c = ", "import nowhere_at_all", "c.NbGrader.course = 1 / 0"])
@pytest.mark.parametrize("command", ["autograde", "export"])
def test_a_configuration_that_fails_is_not_passed_over(
    command: str, line: str, tmp_path: Path
) -> None:
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{line}\n")
    done = run(tmp_path, "lmgrade.cli", command, "toy")
    assert done.returncode == 2
    assert "nbgrader_config.py cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "gradebook.db").exists()


def course_of(student: str, folder: Path, course: Path) -> Path:
    """A new course in which one student has handed in right work."""
    shutil.copytree(course / "solutions", folder / "solutions")
    shutil.copy(course / "nbgrader_config.py", folder)
    submitted = folder / "submitted" / student / "toy"
    submitted.mkdir(parents=True)
    nbformat.write(solved(), submitted / "toy.ipynb")
    return submitted


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("assert abs(area(2)", "assert (abs(area(2)", "SyntaxError"),
        ("import math\n", "import mat\n", "name 'math' is not defined"),
        ("assert abs(area(1)", "assert math.abs(area(1)", "has no attribute 'abs'"),
        ("return math.pi * r * r", "return 3 * r", "area(1) is wrong"),
    ],
)
def test_a_test_that_the_solution_fails_is_no_students_fault(
    old: str, new: str, why: str, course: Path, tmp_path: Path
) -> None:
    course_of("ada", tmp_path, course)
    source = tmp_path / "solutions" / "toy.py"
    source.write_text(SOURCE.replace(old, new))
    done = run(tmp_path, "lmgrade.cli", "autograde", "toy")
    assert done.returncode == 1
    assert "the solution of toy itself loses the points of test" in done.stderr
    assert why in done.stderr
    again = run(tmp_path, "lmgrade.cli", "autograde", "toy")
    assert again.returncode == 1
    assert why in again.stderr
    source.write_text(SOURCE)
    more = run(tmp_path, "lmgrade.cli", "autograde", "toy")
    assert "1 submissions were graded by other tests or points; --force" in more.stderr
    assert run(tmp_path, "lmgrade.cli", "autograde", "toy", "--force").returncode == 0
    assert grades(tmp_path)["ada"][0]["test"] == 3


@pytest.mark.parametrize("url", ["nonsense", "mysql+nowhere://a:secret@b/c"])
def test_a_gradebook_that_is_none_is_explained(url: str, course: Path, tmp_path: Path) -> None:
    course_of("ada", tmp_path, course)
    with (tmp_path / "nbgrader_config.py").open("a") as config:
        config.write(f"c.CourseDirectory.db_url = {url!r}\n")
    for command in ("autograde", "export"):
        done = run(tmp_path, "lmgrade.cli", command, "toy")
        assert done.returncode in (1, 2)
        assert "cannot be used" in done.stderr
        assert "Traceback" not in done.stderr
        assert "secret" not in done.stderr


DIE = """\
import os, signal, sys
from lmgrade import autograde, cli
{place} = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
cli.main(["autograde", "toy"])
"""


@pytest.mark.parametrize("place", ["autograde.Grading._write", "autograde.write_record"])
def test_work_handed_in_again_is_graded_although_the_run_is_killed(
    place: str, course: Path, tmp_path: Path
) -> None:
    submitted = course_of("ada", tmp_path, course)
    assert run(tmp_path, "lmgrade.cli", "autograde", "toy").returncode == 0
    nbformat.write(solved(f"{RIGHT}  # better"), submitted / "toy.ipynb")
    done = subprocess.run([sys.executable, "-c", DIE.format(place=place)], cwd=tmp_path)
    assert done.returncode == -signal.SIGKILL
    assert run(tmp_path, "lmgrade.cli", "autograde", "toy").returncode == 0
    assert "# better" in (tmp_path / "autograded" / "ada" / "toy" / "toy.ipynb").read_text()
    assert "Nothing to do" in run(tmp_path, "lmgrade.cli", "autograde", "toy").stderr


REFUSE = """\
import os, sys
from lmgrade import cli
opened = os.open
def refuse(path, *args, **options):
    if "ada" in str(path):
        raise PermissionError(13, "Permission denied")
    return opened(path, *args, **options)
os.open = refuse
sys.exit(cli.main(["autograde", "toy"]))
"""


def test_a_grade_stays_where_a_file_is_out_of_reach(course: Path, tmp_path: Path) -> None:
    course_of("ada", tmp_path, course)
    assert run(tmp_path, "lmgrade.cli", "autograde", "toy").returncode == 0
    command = [sys.executable, "-c", REFUSE]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "failed  ada: toy.ipynb cannot be opened (Permission denied)" in done.stderr
    assert grades(tmp_path)["ada"][0]["test"] == 3


def test_a_folder_with_the_longest_name_there_is_gets_its_grade(
    course: Path, tmp_path: Path
) -> None:
    student = "a" * 255
    course_of(student, tmp_path, course)
    assert run(tmp_path, "lmgrade.cli", "autograde", "toy").returncode == 0
    assert grades(tmp_path)[student][0]["test"] == 3
    assert student in run(tmp_path, "lmgrade.cli", "export", "toy").stdout


def test_what_could_not_be_recorded_is_in_the_list_of_flags(course: Path, tmp_path: Path) -> None:
    course_of("a\x07da", tmp_path, course)
    assert run(tmp_path, "lmgrade.cli", "autograde", "toy").returncode == 1
    assert "could not be recorded" in run(tmp_path, "lmgrade.cli", "flagged", "toy").stdout


@pytest.mark.parametrize("name", ["Toy", "toy (1)", "toy-2", "toy\x1b"])
def test_a_folder_that_is_called_a_little_otherwise_is_not_passed_over(
    name: str, course: Path, tmp_path: Path
) -> None:
    course_of("ada", tmp_path, course)
    course_of("bob", tmp_path / "other", course).rename(tmp_path / "submitted" / "ada" / name)
    said = run(tmp_path, "lmgrade.cli", "autograde", "toy").stderr
    assert f"submitted/ada/{one_line(name)} is not graded" in said
    assert "\x1b" not in said


def test_an_error_that_nobody_has_thought_of_stops_no_other(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Echo:
        def grade(self, work: Any) -> Any:
            yield from ((paths, Result()) for paths, _, _ in work)

    def read(assignment: Assignment, cells: Any) -> Submission:
        if "raise" in str(cells):
            raise ArithmeticError("too many digits")
        return Submission([])

    todo = []
    for student, code in (("a", "1"), ("b", "raise"), ("c", "2")):
        folder = course / "unforeseen" / student
        folder.mkdir(parents=True)
        (folder / "toy.ipynb").write_text(json.dumps({"cells": [{"source": code}]}))
        todo.append(Paths(student, folder, folder, folder))
    monkeypatch.setattr(autograde, "from_cells", read)
    grading = Grading.__new__(Grading)
    grading.name, grading.assignment = "toy", Assignment("toy", ())
    grading.cells, grading.seen, grading.out_of_reach = {}, {}, set()
    grading.solution = Solution("toy", [], course / "nowhere")
    results = list(grading._results(todo, Echo()))  # type: ignore[arg-type]
    assert results.pop(0)[0] is None
    found = {paths.student: result.error for paths, result in results if paths}
    why = "reading it failed (ArithmeticError: too many digits); grade it by hand"
    assert found == {"a": None, "b": why, "c": None}


def test_a_folder_that_cannot_be_written_is_named(course: Path, tmp_path: Path) -> None:
    shutil.copytree(course / "solutions", tmp_path / "solutions")
    (tmp_path / "exercises").write_text("a file where a folder should be")
    done = run(tmp_path, "lmgrade.cli", "release", "toy")
    assert done.returncode == 2
    assert done.stderr.startswith("lmgrade: ")
    assert "exercises" in done.stderr


def test_no_gradebook_is_made_where_there_is_none(tmp_path: Path) -> None:
    done = run(tmp_path, "lmgrade.cli", "export", "toy")
    assert done.returncode == 2
    assert "is this the course's folder?" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("bad", ["missing.py", "broken.ipynb", "folder"])
def test_score_grades_the_rest_and_then_fails_on_what_it_cannot_read(
    course: Path, tmp_path: Path, bad: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken.ipynb").write_text("{")
    (tmp_path / "right.py").write_text(f"import math\n\n\n{RIGHT}\n")
    files = [str(tmp_path / bad), str(tmp_path / "right.py")]
    options = [] if needs.sandbox() else ["--no-sandbox"]
    done = run(course, "lmgrade.cli", "score", "toy", *files, "--json", *options)
    unread, right = json.loads(done.stdout)
    assert done.returncode == 1
    assert unread["score"] == 0
    assert bad in unread["error"]
    assert (right["score"], right["error"]) == (3, None)
    assert run(course, "lmgrade.cli", "score", "toy", files[1], *options).returncode == 0


def test_a_files_name_cannot_forge_a_line_of_the_table(course: Path, tmp_path: Path) -> None:
    file = tmp_path / "ada.py: 3 of 3\n\udcdc.py"
    file.write_text("def area(r):\n    return 0\n")
    options = [] if needs.sandbox() else ["--no-sandbox"]
    done = run(course, "lmgrade.cli", "score", "toy", str(file), *options)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0].endswith("ada.py: 3 of 3 \ufffd.py: 0 of 3")


def test_feedback_takes_no_time_that_a_student_chooses() -> None:
    """nbconvert colours a block in a language that takes minutes, if it is asked to."""
    block = "> ```autohotkey\n> x = 1\n> ```\n~~~ autoit\ny\n~~~"
    assert harmless(block) == "> ```\n> x = 1\n> ```\n~~~\ny\n~~~"
    cells = [{"cell_type": "markdown", "metadata": {}, "source": "#\n" * 9000}] * 40
    made = rebuild(cells, [], Result())
    assert sum(len(cell.source) for cell in made.cells) < 250_000


def test_no_more_is_kept_of_a_notebook_than_is_graded() -> None:
    """Metadata takes a hundred times its size in memory."""
    cell = {"cell_type": "code", "source": ["x = 1\n", "y"], "outputs": [{}], "id": "a"}
    marks = {"grade_id": "sol", "points": 100, "more": [{}] * 100}
    text = json.dumps({"cells": [{**cell, "metadata": {"nbgrader": marks, "tags": [{}]}}]})
    (kept,) = parse_notebook(text)
    nbgrader = {"grade_id": "sol"}
    assert kept == {
        "cell_type": "code",
        "source": "x = 1\ny",
        "metadata": {"nbgrader": nbgrader},
    }


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("x = 1\n" + " \n" * 9000 + "    y", "x = 1\n" + " \n" * 19 + " " + " \n" * 18 + "    y"),
        ("x = 1\n" + "\n" * 30 + " " * 40 + "y", "x = 1\n" + "\n" * 30 + " " * 40 + "y"),
        ("%%perl\ns{s{", "%% perl\ns{s{"),
        ("x\n%%HTML\n<p>", "x\n%% HTML\n<p>"),
        ("%%time\nx = 5 %3", "%%time\nx = 5 %3"),
    ],
)
def test_nor_does_code(source: str, shown: str) -> None:
    """A gap takes a time that grows with its square, other languages several times Python's."""
    cells = [{"cell_type": "code", "metadata": {}, "source": source}]
    (cell,) = rebuild(cells, [], Result()).cells
    assert cell.source == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("We ```keep / (1-p)``` of x.\nNo more.", "We ```keep / (1-p)``` of x.\nNo more."),
        ("```a b``` comes first", "```a b``` comes first"),
        ("```python\nx\n```", "```\nx\n```"),
        ("It ~~~~ doubles", "It ~~~~\ndoubles"),
        ("**~~~wrong~~~**", "**~~~\nwrong~~**"),
        ("> 1. ~~~python", "> 1. ~~~"),
        ("a\rb ```c\rd", "a\nb ```\nc\nd"),
    ],
)
def test_no_word_of_an_answer_is_lost_at_a_fence(text: str, shown: str) -> None:
    assert harmless(text) == shown


def test_no_word_of_a_long_paragraph_is_lost() -> None:
    """Editors write a paragraph as one line; nbconvert takes long over long lines."""
    text = " ".join(f"word-{number}" for number in range(1500))
    shown = harmless(f"- {text}\n\n    code")
    assert shown.split() == ["-", *text.split(), "code"]
    assert max(map(len, shown.split("\n"))) <= 2000
    assert harmless("x" * 3000).endswith("x[…]")


@pytest.mark.parametrize("command", ["href", "mmlToken{mi}[href='java\nscript:alert(1)']"])
def test_formulas_hold_no_links(command: str) -> None:
    assert harmless(f"$\\{command}{{x}}$").startswith("$\\text{")


@pytest.mark.parametrize(
    "text",
    [
        r"[a](&\#106;avascript:alert(1))",
        r"[a](javascript\&\#58;alert(1))",
        "[a]: &\\#106;avascript:alert(1)\n\n[a]",
        "[a](https://example.org 'title') [b][c]\n\n[c]: https://example.org",
        "![a](https://example.org/x.png) [![b](x.png)](y)",
    ],
)
def test_text_holds_no_links(text: str) -> None:
    """However an address is written: nbconvert decodes it more than once."""
    page = markdown2html_mistune(harmless(text))
    assert not re.search(r"<a|<img", re.sub(r'<a href="https://[^"]*">https://[^<]*</a>', "", page))


@pytest.mark.parametrize(
    "text",
    [
        "<script>x</script>",
        "<\nscript>x</script>",
        "<\x0bscript>",
        "$<img src=x>$ `<b>` $$<i>$$",
        "\\begin{x}<img src=x>\\end{x}",
        "&lt;script&gt; &#60;b> &\\#60;b> &amp;lt;b>",
        "<1@b.c> <=x@b.c>",
        "<!-- x --> <?php ?> <![CDATA[<b>]]>",
        "~~~\n<b>\n~~~\n\n    <b>\n\n<div>\n<b>\n</div>",
    ],
)
def test_text_holds_no_markup(text: str) -> None:
    page = markdown2html_mistune(harmless(text))
    assert set(re.findall(r"<[/!?]?(\w*)", page)) <= {"p", "pre", "code"}
    shown = html.unescape(html.unescape(re.sub(r"</?(p|pre|code)>", "", page)))
    assert not re.search(r"<[^ \n]", shown), "decoded once more, it would be markup"


def test_formulas_and_the_assignments_own_text_stay_as_they_are() -> None:
    formula = "$0 \\le i < n$, $$\\begin{matrix}a & b\\\\ c & d\\end{matrix}$$"
    assert harmless(formula) == formula
    ours = "$a<b$ and [a link](https://example.org) &copy;"
    template = [{"cell_type": "markdown", "metadata": {}, "source": ours}]
    made = rebuild(
        [*template, {**template[0], "source": ours + "."}], [from_dict(*template)], Result()
    )
    assert [cell.source == ours for cell in made.cells] == [True, False]


def test_a_cell_that_a_person_grades_comes_back_without_its_hidden_tests() -> None:
    meta = {"grade": True, "grade_id": "by-hand", "locked": False, "points": 1, "solution": True}
    source = "shown\n### BEGIN HIDDEN TESTS\nsecret\n### END HIDDEN TESTS\n"
    original = {"cell_type": "code", "metadata": {"nbgrader": meta}, "source": source}
    (made,) = rebuild([], [from_dict(original)], Result()).cells
    assert "shown" in made.source
    assert "secret" not in made.source


@pytest.mark.parametrize("kind", ["code", "markdown"])
def test_no_line_of_a_page_is_so_long_that_it_slows_the_page(kind: str) -> None:
    cell = {"cell_type": kind, "metadata": {}, "source": "x = 1\n" + "a." * 9000}
    (shown,) = rebuild([cell], [], Result()).cells
    first, second = shown.source.split("\n")
    assert first == "x = 1"
    assert second.startswith("a.a.")
    assert len(second) < 2100
