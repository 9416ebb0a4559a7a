"""A small course in nbgrader's sense, for the tests of what surrounds the engine."""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jupytext
from nbgrader.api import Gradebook

from tests import needs
from tests.lmgrade.commands import commands

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
from lmgrade.nbgrader import plugin
c = get_config()
c.CourseDirectory.course_id = "toy"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
plugin.install(c, sandbox=SANDBOX)
"""
UNWRITTEN = "YOUR ANSWER HERE"
RIGHT = "def area(r):\n    return math.pi * r ** 2"
WRONG = "def area(r):\n    return 3.14159"


def solved(code: str = RIGHT, answer: str = "Because.") -> Any:
    notebook = jupytext.reads(SOURCE, "py:percent")
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"c{number}"
    notebook.cells[1].source = code
    notebook.cells[2].source = notebook.cells[2].source.split("\n")[0]
    notebook.cells[3].source = answer
    return notebook


def edited(change: Callable[[Any], None], code: str = RIGHT) -> str:
    notebook = copy.deepcopy(solved(code))
    change(notebook)
    return json.dumps(notebook)


def make(folder: Path, source: str = SOURCE, config: str = "") -> Path:
    """A course with this assignment, and with more lines in its configuration."""
    (folder / "solutions").mkdir(parents=True)
    (folder / "solutions" / "toy.py").write_text(source)
    text = CONFIG.replace("SANDBOX", str(needs.sandbox()))
    (folder / "nbgrader_config.py").write_text(text + config)
    return folder


def submit(course: Path, student: str, code: str = RIGHT, time: str | None = None) -> Path:
    """Hand a notebook in; returns its folder."""
    folder = course / "submitted" / student / "toy"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "toy.ipynb").write_text(json.dumps(solved(code)))
    if time is not None:
        (folder / "timestamp.txt").write_text(time)
    return folder


def use(course: Path, url: str) -> None:
    """Have the grades in this database."""
    with (course / "nbgrader_config.py").open("a") as file:
        file.write(f"c.CourseDirectory.db_url = {url!r}\n")


def start(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `lmgrade` or `nbgrader`, or with `-c` some code, as a command."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    if arguments[0] != "-c":
        return commands().run(folder, arguments, environment)
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def lmgrade(course: Path, *arguments: str, code: int | None = None) -> Any:
    """The command `lmgrade`, which ends with that code and never with a traceback."""
    done = start(course, "lmgrade", *arguments)
    assert code is None or done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done


def autograde(course: Path, *options: str, code: int = 0) -> str:
    return str(lmgrade(course, "autograde", "toy", *options, code=code).stderr)


def nbgrader(course: Path, *arguments: str) -> str:
    done = start(course, "nbgrader", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stderr


def grades(course: Path, url: str | None = None) -> dict[str, Any]:
    """Of each student: the scores by tests, whether it is flagged, how many grades there are."""
    with Gradebook(url or f"sqlite:///{course}/gradebook.db", "toy") as gradebook:
        found = {}
        for entry in gradebook.assignment_submissions("toy"):
            (notebook,) = entry.notebooks
            auto = {grade.name: grade.auto_score for grade in notebook.grades}
            found[entry.student.id] = (auto, notebook.flagged, len(notebook.grades))
        return found
