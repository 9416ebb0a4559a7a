"""Grade the example submissions as an instructor would: `python -m examples grade`.

They live in a course of their own, `_build/examples`, so that no example ends up in your gradebook.
`python -m examples summary` shows the grades again and says what to do next.
"""

import contextlib
import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jupytext
import nbformat

from book._tools.progress import SignOfLife

ROOT = Path(__file__).parents[1]
COURSE = ROOT / "_build" / "examples"
GRADES = COURSE / "grades.csv"
CONFIG = """\
# The repository's course, with another place for submissions and grades.
c = get_config()
load_subconfig("nbgrader_config.py", path={root!r})
c.CourseDirectory.root = {course!r}
c.CourseDirectory.source_directory = {source!r}
c.CourseDirectory.db_url = "sqlite:///gradebook.db"  # whatever your own settings say
"""
NEXT = """\
The book       _build/html/index.html         make serve shows it
Assignments    exercises/NAME/NAME.ipynb      for students; make my-work copies them to work in
Feedback       _build/examples/feedback/      what the three would read
To teach       book/instructor-guide.md       from here to grades in your platform
To change it   CONTRIBUTING.md                make test runs every check"""


def examples() -> Iterator[tuple[str, str, Path]]:
    """(assignment, student, file) of each example."""
    for path in sorted((ROOT / "examples").glob("*/*.py")):
        if (ROOT / "solutions" / f"{path.parent.name}.py").is_file():
            yield path.parent.name, path.stem, path


def fill_in(notebook: nbformat.NotebookNode, work: Path) -> None:
    """Put the student's cells, which are titled by grade id, into the released notebook."""
    cells = {cell.metadata.get("title"): cell for cell in jupytext.read(work).cells}
    for cell in notebook.cells:
        if done := cells.get(cell.metadata.get("nbgrader", {}).get("grade_id", "")):
            cell.source = done.source


def hand_in(assignment: str, student: str, work: Path) -> None:
    """Submit the released notebook with the student's work in it."""
    name = f"{assignment}.ipynb"
    released = ROOT / "exercises" / assignment / name
    if not released.is_file():
        sys.exit(f"{released.relative_to(ROOT)} is missing: run `make exercises` first.")
    try:
        notebook = nbformat.read(released, as_version=4)
    except ValueError as error:
        where = released.relative_to(ROOT)
        sys.exit(f"{where} is no notebook ({error}): delete it, then run `make exercises`.")
    fill_in(notebook, work)
    target = COURSE / "submitted" / student / assignment / name
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)


def sandbox_option() -> list[str]:
    """What `lmgrade autograde` needs here: nothing, or leave to trust our own examples."""
    trial = ["bwrap", "--ro-bind", "/", "/", "--unshare-all", "true"]
    with contextlib.suppress(OSError):
        if subprocess.run(trial, capture_output=True, check=False).returncode == 0:
            return []
    print("bubblewrap isn't installed or can't run here, so there is no sandbox. The examples are")
    print("our own code and are graded without it (--no-sandbox); never do that with other code.")
    return ["--no-sandbox"]


def run(*command: str) -> None:
    """Run a command of the grader in the course; stop with its message if it fails."""
    print("$", *command, flush=True)
    programs = Path(sys.executable).parent
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"  # nbgrader starts alembic by name
    call = [str(programs / command[0]), *command[1:]]
    with SignOfLife(f"running {command[0]} {command[1]}"):
        done = subprocess.run(call, cwd=COURSE, env={**os.environ, "PATH": path}, check=False)
    if done.returncode != 0:
        sys.exit(f"`{' '.join(command)}` failed in {COURSE.relative_to(ROOT)}; see above.")


def grade() -> None:
    if not sys.platform.startswith("linux"):
        sys.exit("The grader needs Linux. `make book exercises` makes all the rest.")
    shutil.rmtree(COURSE, ignore_errors=True)
    COURSE.mkdir(parents=True)
    places = {"root": str(ROOT), "course": str(COURSE), "source": str(ROOT / "solutions")}
    (COURSE / "nbgrader_config.py").write_text(CONFIG.format(**places), encoding="utf-8")
    for assignment, student, work in examples():
        hand_in(assignment, student, work)
    sandbox = sandbox_option()
    for assignment in sorted({assignment for assignment, _, _ in examples()}):
        run("lmgrade", "autograde", assignment, *sandbox)
        run("lmgrade", "feedback", assignment)
    run("nbgrader", "export", f"--to={GRADES}", "--log-level=WARN")


def summary() -> None:
    print("\nThe examples' grades; two points of each are for an answer that a person grades:\n")
    with GRADES.open(encoding="utf-8") as table:
        rows = sorted(csv.DictReader(table), key=lambda row: (row["assignment"], row["student_id"]))
    for row in rows:
        points = f"{float(row['score'] or 0):4.0f} of {float(row['max_score']):.0f}"
        print(f"  {row['assignment']:10} {row['student_id']:8} {points}")
    print(f"\n{NEXT}")


if __name__ == "__main__":
    commands = {"grade": grade, "summary": summary}
    if sys.argv[1:] not in [[name] for name in commands]:
        sys.exit(f"usage: python -m examples {{{'|'.join(commands)}}}")
    try:
        commands[sys.argv[1]]()
    except KeyboardInterrupt:
        sys.exit("\nStopped. Run the same command again.")
