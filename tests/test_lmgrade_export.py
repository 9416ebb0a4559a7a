"""Tables of grades, and what is said of the students and points that they lack."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "toy"\n'


def lmgrade(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lmgrade.cli", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Ada has all points; one of Ben's is still to be given; Zoe handed in nothing."""
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    url = f"sqlite:///{tmp_path}/gradebook.db"
    with Gradebook(url, "toy") as gradebook, gradebook.db.no_autoflush:
        gradebook.add_assignment("toy")
        gradebook.add_notebook("toy", "toy")
        for cell in ("test", "why"):
            gradebook.add_grade_cell(cell, "toy", "toy", max_score=2, cell_type="code")
        gradebook.add_student("zoe", last_name="Zeta", first_name="Zoe", email="z@example.org")
        gradebook.add_student("ada", last_name="Lovelace", first_name="Ada", lms_user_id="4711")
        gradebook.add_student("ben")
        for student, by_hand in (("ada", False), ("ben", True)):
            submission = gradebook.add_submission("toy", student)
            for grade in submission.notebooks[0].grades:
                grade.auto_score = 1.5 if grade.name == "test" else None
                grade.needs_manual_grade = by_hand and grade.name == "why"
        gradebook.db.commit()
    return tmp_path


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_the_table_is_that_of_nbgrader(course: Path) -> None:
    command = [sys.executable, "-m", "nbgrader", "export", "--to", "theirs.csv"]
    subprocess.run(command, cwd=course, capture_output=True, check=True)
    done = lmgrade(course, "export", "toy")
    assert done.stdout == (course / "theirs.csv").read_text()
    assert "so with 0 points: zoe (1)" in done.stderr


def test_canvas_and_moodle_get_no_row_for_who_handed_in_nothing(course: Path) -> None:
    canvas = lmgrade(course, "export", "toy", "--format", "canvas")
    moodle = lmgrade(course, "export", "toy", "--format", "moodle")
    assert rows(canvas.stdout)[2:] == [
        ["ben", "", "", "ben", "", "1.5"],
        ["Lovelace, Ada", "4711", "", "ada", "", "1.5"],
    ]
    assert rows(moodle.stdout)[1:] == [["ben", "", "", "1.5"], ["ada", "4711", "", "1.5"]]
    for done in (canvas, moodle):
        assert "without a graded submission, so with no row: zoe (1)" in done.stderr


def test_totals_that_may_still_grow_are_named(course: Path) -> None:
    done = lmgrade(course, "export", "toy", "--to", "grades.csv")
    assert "waiting for points by hand, so not complete: ben (1)" in done.stderr
    assert done.stdout == ""


@pytest.fixture
def elsewhere(course: Path, tmp_path: Path) -> Path:
    """A folder whose configuration names another one as the course's root."""
    record = {"student": "ada", "folder": "gone", "submitted": "1", "flags": ["look here"]}
    test = {"grade_id": "test", "score": 0, "max_score": 2, "message": "wrong  [toy.wrong]"}
    records = course / ".lmgrade" / "toy"
    records.mkdir(parents=True)
    (records / "ada.json").write_text(json.dumps({**record, "tests": [test]}))
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    text = f"{CONFIG}c.CourseDirectory.root = {str(course)!r}\n"
    (folder / "nbgrader_config.py").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("command", "shown"), [("report", "toy.wrong"), ("flagged", "look here"), ("export", "ben")]
)
def test_the_course_lies_where_the_configuration_says(
    elsewhere: Path, command: str, shown: str
) -> None:
    done = lmgrade(elsewhere, command, "toy")
    assert done.returncode == 0, done.stderr
    assert shown in done.stdout
