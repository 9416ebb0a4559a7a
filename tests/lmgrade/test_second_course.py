"""A course of ordinary test cells, in nbgrader's own layout and without lmlib, is graded, too."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbgrader.api import Gradebook

from tests import needs

ROOT = Path(__file__).parents[2]
NAME = "text_statistics"
TESTS = {"lines": 1, "frequencies": 2, "vocabulary": 3, "pairs": 1, "sample": 1, "chat": 2}
RIGHT = {f"test-{test}": points for test, points in TESTS.items()}
# ben's slips: text for a number, a changed argument, words of the class, a list, no chance, no "!"
WRONG = {**dict.fromkeys(RIGHT, 0), "test-chat": 1}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("words") / "course"
    shutil.copytree(ROOT / "examples" / "words", folder, ignore=lambda *_: ["submitted"])
    run(folder, "nbgrader", "generate_assignment", NAME)
    for work in (ROOT / "examples" / "words" / "submitted").glob("*.py"):
        cells = {cell.metadata.get("title"): cell for cell in jupytext.read(work).cells}
        notebook = nbformat.read(folder / "release" / NAME / f"{NAME}.ipynb", as_version=4)
        for cell in notebook.cells:
            if done := cells.get(cell.metadata.get("nbgrader", {}).get("grade_id")):
                cell.source = done.source
        target = folder / "submitted" / work.stem / NAME
        target.mkdir(parents=True)
        nbformat.write(notebook, target / f"{NAME}.ipynb")
    options = [] if needs.sandbox() else ["--no-sandbox"]
    run(folder, "lmgrade.cli", "autograde", NAME, *options)
    return folder


def run(folder: Path, *command: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("student", "wanted"), [("ada", RIGHT), ("ben", WRONG)])
def test_right_and_wrong_work_gets_what_it_deserves(
    course: Path, student: str, wanted: dict[str, float]
) -> None:
    with Gradebook(f"sqlite:///{course}/gradebook.db", "words") as gradebook:
        (notebook,) = gradebook.find_submission(NAME, student).notebooks
        found = {grade.name: grade.auto_score for grade in notebook.grades}
    assert found == wanted
