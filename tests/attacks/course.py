"""A course with something to steal."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
from nbgrader.api import Gradebook

from tests.attacks.catalogue import FILE, Attack
from tests.attacks.notebook import ASSIGNMENT, RIGHT, filled_in

ROOT = Path(__file__).parents[2]
PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
CONFIG = """\
from lmgrade.nbgrader import plugin
from lmgrade.grading.limits import Limits
c = get_config()
c.CourseDirectory.course_id = "attacked"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.db_url = {db_url!r}
limits = Limits(cell_cpu=1.5, test_cpu=1, total_cpu=4, blocked=1, wall=60, memory=1 << 30)
plugin.install(c, workers={workers}, sandbox={sandbox}, limits=limits)
"""
EVERY = 8  # attacks between two honest neighbours


class Course:
    """A folder with solutions, secrets and submissions; `grade` runs the real command on it."""

    def __init__(self, folder: Path, db_url: str | None = None, sandbox: bool = True) -> None:
        self.folder = folder
        self.temporary = folder / "temporary"
        self.temporary.mkdir(parents=True)
        self.db_url = db_url or f"sqlite:///{folder}/gradebook.db"
        self.secrets = {
            place: f"SECRET-{place}-{secrets.token_hex(8)}"
            for place in ("solution", "neighbour", "gradebook", "environment", "hidden")
        }
        (folder / "nbgrader_config.py").write_text(
            CONFIG.format(db_url=self.db_url, sandbox=sandbox, workers=2)
        )
        self._write_solution()
        self._write_grades()
        self.honest: list[str] = []
        self.attacks: dict[str, Attack] = {}

    def _write_solution(self) -> None:
        source = (ROOT / "solutions" / f"{ASSIGNMENT}.py").read_text(encoding="utf-8")
        source = source.replace(
            "### BEGIN HIDDEN TESTS\n", f"### BEGIN HIDDEN TESTS\n# {self.secrets['hidden']}\n"
        )
        solution = self.folder / "solutions" / f"{ASSIGNMENT}.py"
        solution.parent.mkdir()
        solution.write_text(source, encoding="utf-8")
        (solution.parent / "notes.txt").write_text(self.secrets["solution"])

    def _write_grades(self) -> None:
        """A grade of an earlier assignment, which nothing here may touch."""
        with self.gradebook() as gradebook, gradebook.db.no_autoflush:
            gradebook.add_student("earlier", last_name=self.secrets["gradebook"])
            gradebook.add_assignment("earlier")
            gradebook.add_notebook("earlier", "earlier")
            gradebook.add_grade_cell("cell", "earlier", "earlier", max_score=7, cell_type="code")
            gradebook.add_submission("earlier", "earlier")
            grade = gradebook.find_grade("cell", "earlier", "earlier", "earlier")
            grade.auto_score = 5
            gradebook.db.commit()

    @contextmanager
    def gradebook(self) -> Iterator[Any]:
        # nbgrader starts alembic by name when it makes a new database.
        with patch.dict(os.environ, PATH=PATH), Gradebook(self.db_url, "attacked") as gradebook:
            yield gradebook

    # --- submissions ------------------------------------------------------------------------

    def submit(self, attacks: list[Attack], port: int = 0) -> None:
        """Hand in all attacks, with honest work before, between and after them."""
        words = {"COURSE": str(self.folder), "PORT": str(port)}
        for number, attack in enumerate(attacks):
            if number % EVERY == 0:
                self._submit_honest()
            student = f"{self._next:03}-{attack.id}"
            attack.write(self._submission_of(student), words)
            self.attacks[student] = attack
        self._submit_honest()

    @property
    def _next(self) -> int:
        return len(self.honest) + len(self.attacks)

    def _submit_honest(self) -> None:
        student = f"{self._next:03}-honest"
        notebook = filled_in(f"# {self.secrets['neighbour']}\n{RIGHT}")
        nbformat.write(notebook, self._submission_of(student) / FILE)
        self.honest.append(student)

    def _submission_of(self, student: str) -> Path:
        folder = self.folder / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True)
        return folder

    # --- commands ---------------------------------------------------------------------------

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a command as an instructor would, in the course's folder."""
        environment = {
            **os.environ,
            "PATH": PATH,
            "OMP_NUM_THREADS": "1",
            "TMPDIR": str(self.temporary),
            "LM39_SECRET": self.secrets["environment"],
        }
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=600,
            check=False,
        )

    def scores(self) -> dict[str, float]:
        """Every student's score by tests, as the gradebook has it."""
        with self.gradebook() as gradebook:
            return {
                submission.student.id: sum(
                    grade.auto_score or 0 for n in submission.notebooks for grade in n.grades
                )
                for submission in gradebook.assignment_submissions(ASSIGNMENT)
            }
