"""Grade the example submissions as an instructor would: `python -m examples grade`.

They live in a course of their own, `_build/examples`, so that no example ends up in your gradebook.
`python -m examples summary` shows the grades again and says what to do next.
"""

import csv
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jupytext
import nbformat

ROOT = Path(__file__).parents[1]
COURSE = ROOT / "_build" / "examples"
GRADES = COURSE / "grades.csv"
CONFIG = """\
# The repository's course, with another place for submissions and grades.
c = get_config()
load_subconfig("nbgrader_config.py", path={root!r})
c.CourseDirectory.root = {course!r}
c.CourseDirectory.source_directory = {source!r}
"""


def examples() -> Iterator[tuple[str, str, Path]]:
    """(assignment, student, file) of each example."""
    for path in sorted((ROOT / "examples").glob("*/*.py")):
        yield path.parent.name, path.stem, path


def hand_in(assignment: str, student: str, work: Path) -> None:
    """Put the student's cells, which are titled by grade id, into the released notebook."""
    name = f"{assignment}.ipynb"
    released = ROOT / "exercises" / assignment / name
    if not released.is_file():
        sys.exit(f"{released.relative_to(ROOT)} is missing: run `make exercises` first.")
    notebook = nbformat.read(released, as_version=4)
    cells = {cell.metadata.get("title"): cell for cell in jupytext.read(work).cells}
    for cell in notebook.cells:
        if done := cells.get(cell.metadata.get("nbgrader", {}).get("grade_id", "")):
            cell.source = done.source
    target = COURSE / "submitted" / student / assignment / name
    target.parent.mkdir(parents=True)
    nbformat.write(notebook, target)


def run(*command: str) -> None:
    """Run a command of the grader in the course; stop with its message if it fails."""
    print("$", *command, flush=True)
    program = str(Path(sys.executable).with_name(command[0]))
    if subprocess.run([program, *command[1:]], cwd=COURSE, check=False).returncode != 0:
        sys.exit(f"`{' '.join(command)}` failed in {COURSE.relative_to(ROOT)}; see above.")


def grade() -> None:
    shutil.rmtree(COURSE, ignore_errors=True)
    COURSE.mkdir(parents=True)
    places = {"root": str(ROOT), "course": str(COURSE), "source": str(ROOT / "solutions")}
    (COURSE / "nbgrader_config.py").write_text(CONFIG.format(**places), encoding="utf-8")
    for assignment, student, work in examples():
        hand_in(assignment, student, work)
    for assignment in sorted({assignment for assignment, _, _ in examples()}):
        run("nbgrader", "generate_assignment", assignment, "--force")
        run("nbgrader", "autograde", assignment)
        run("nbgrader", "generate_feedback", assignment)
    run("nbgrader", "export", f"--to={GRADES}")


def summary() -> None:
    print("\nThe book is built, the assignments are released, and three examples are graded:\n")
    for row in csv.DictReader(GRADES.open(encoding="utf-8")):
        points = f"{float(row['score'] or 0):4.0f} of {float(row['max_score']):.0f}"
        print(f"  {row['assignment']:10} {row['student_id']:8} {points}")
    print("\n(Two points of each are for a written answer, which a person grades.)\n")
    print(
        "Next: `make serve` shows the book; its instructor guide goes through a course of your own."
    )
    print(f"Feedback for the examples: {COURSE.relative_to(ROOT)}/feedback/")


if __name__ == "__main__":
    commands = {"grade": grade, "summary": summary}
    if sys.argv[1:] not in [[name] for name in commands]:
        sys.exit(f"usage: python -m examples {{{'|'.join(commands)}}}")
    commands[sys.argv[1]]()
