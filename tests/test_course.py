"""What `make course` leaves behind, and what it says when a part is missing.

`make test` makes the course before it runs the tests.
"""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import public_mirror

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "_build" / "examples"


@pytest.mark.needs("course")
def test_the_examples_are_right_half_right_and_untouched():
    with (EXAMPLES / "grades.csv").open() as table:
        scores = {row["student_id"]: float(row["score"]) for row in csv.DictReader(table)}
    # 18 points are the tests'; 2 more are for a written answer, which a person grades.
    assert scores["ada"] == 18
    assert 6 <= scores["ben"] <= 13
    assert scores["cleo"] == 0


@pytest.mark.needs("course")
def test_each_example_has_feedback_that_shows_no_hidden_test():
    for student in ("ada", "ben", "cleo"):
        page = (EXAMPLES / "feedback" / student / "dropout" / "dropout.html").read_text()
        assert "HIDDEN TESTS" not in page
        assert "check.grade." not in page
    assert "Dropout" in page


@pytest.mark.needs("course")
def test_a_second_run_has_nothing_to_make():
    if not (ROOT / ".venv" / ".installed").exists():
        pytest.skip("the tools aren't in .venv")
    dry = subprocess.run(
        ["make", "--dry-run", "course"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "examples summary" in dry.stdout
    assert "make_venv" not in dry.stdout
    assert "book.build" not in dry.stdout
    assert "release" not in dry.stdout
    assert "examples grade" not in dry.stdout


@pytest.mark.needs("course")
@pytest.mark.parametrize(
    ("gone", "maker"),
    [
        ("PAGES=_build/html/book/gone", "book.build"),
        ("BUILT=_build/gone", "book.build"),
        ("NOTEBOOKS=exercises/gone/gone.ipynb", "lmgrade release"),
    ],
)
def test_what_somebody_deleted_is_made_again(gone, maker):
    dry = subprocess.run(
        ["make", "--dry-run", "course", gone], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert maker in dry.stdout


def test_the_students_copy_of_a_private_course_is_made_without_solutions(tmp_path):
    for path in ROOT.iterdir():
        if path.name not in (*public_mirror.PRIVATE, "_build"):
            (tmp_path / path.name).symlink_to(path)
    dry = subprocess.run(
        ["make", "--dry-run", "course", "my-work"], cwd=tmp_path, capture_output=True, text=True
    )
    assert dry.returncode == 0
    assert dry.stderr == ""
    assert "book.build" in dry.stdout
    assert "lmgrade release" not in dry.stdout
    assert "examples" not in dry.stdout.replace("the examples", "")


@pytest.fixture
def elsewhere(tmp_path):
    """A copy of what the examples need, without the released notebooks."""
    for name in ("examples", "lmgrade", "solutions"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignore)
    return tmp_path


def grade_in(folder):
    return subprocess.run(
        [sys.executable, "-m", "examples", "grade"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_missing_release_is_named_with_what_to_run(elsewhere):
    done = grade_in(elsewhere)
    assert done.returncode != 0
    assert "exercises/dropout/dropout.ipynb is missing: run `make exercises`" in done.stderr


def test_a_broken_release_is_named_with_what_to_run(elsewhere):
    notebook = elsewhere / "exercises" / "dropout" / "dropout.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text('{"cells": [')
    done = grade_in(elsewhere)
    assert done.returncode != 0
    assert "exercises/dropout/dropout.ipynb is no notebook" in done.stderr
    assert "Traceback" not in done.stderr


def test_examples_explains_how_to_call_it():
    done = subprocess.run(
        [sys.executable, "-m", "examples", "mark"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "usage: python -m examples {grade|summary}" in done.stderr
