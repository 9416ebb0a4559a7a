"""Grade a course full of attacks, and look at what became of it and of the machine."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.attacks.catalogue import FILE, Attack, code_attacks
from tests.attacks.course import Course
from tests.attacks.folders import odd_folders
from tests.attacks.machine import Listener, adopting_orphans, children, left_behind, tree
from tests.attacks.notebook import ASSIGNMENT
from tests.attacks.tampering import tampered_notebooks

ATTACKS = [*code_attacks(), *tampered_notebooks(), *odd_folders()]
BY_ID = {attack.id: attack for attack in ATTACKS}
COMMAND = ("lmgrade.cli", "autograde", ASSIGNMENT)


@dataclass
class Graded:
    """A graded course, and what else the grading did to the machine."""

    course: Course
    scores: dict[str, float]
    said: str
    visits: int
    processes: set[int]
    files: set[str]
    changes: set[Any]

    def student(self, name: str) -> str:
        """Who handed this attack in."""
        return next(s for s, attack in self.course.attacks.items() if attack.id == name)

    def record(self, student: str) -> Any:
        path = self.course.folder / ".lmgrade" / ASSIGNMENT / f"{student}.json"
        return json.loads(path.read_text(encoding="utf-8"))

    def notebook(self, student: str) -> str:
        path = self.course.folder / "autograded" / student / ASSIGNMENT / FILE
        return path.read_text(encoding="utf-8")

    def said_of(self, student: str) -> str:
        """All that student code brought out of the sandbox."""
        cells = json.loads(self.notebook(student))["cells"]
        outputs = [cell["outputs"] for cell in cells if cell["cell_type"] == "code"]
        return f"{outputs} {self.record(student)}"


def graded(course: Course, attacks: list[Attack], *commands: tuple[str, ...]) -> Graded:
    """Grade honest and hostile submissions side by side, as an instructor would."""
    before, files = children(), left_behind()
    with adopting_orphans(), Listener() as listener:
        course.submit(attacks, listener.port)
        handed_in = tree(course.folder / "submitted") | tree(course.folder / "solutions")
        for command in commands or [COMMAND]:
            done = course.run(*command)
            # 1 says that some notebooks could not be read; all others were graded.
            assert done.returncode in (0, 1), (done.stdout + done.stderr)[-3000:]
    kept = tree(course.folder / "submitted") | tree(course.folder / "solutions")
    return Graded(
        course,
        course.scores(),
        done.stdout + done.stderr,
        listener.visits,
        children() - before,
        left_behind() - files,
        handed_in ^ kept,
    )


def choose(*patterns: str) -> list[Attack]:
    """The attacks whose ids match, in an order that mixes the categories."""
    chosen = [a for a in ATTACKS if any(Path(a.id).match(pattern) for pattern in patterns)]
    return sorted(chosen, key=lambda attack: attack.name)
