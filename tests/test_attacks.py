"""No attack earns a point, reads a secret, harms a neighbour or leaves anything behind."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.catalogue import FILE, Attack, code_attacks
from tests.attacks.course import Course, Listener, adopt_orphans, children, left_behind
from tests.attacks.folders import odd_folders
from tests.attacks.notebook import ASSIGNMENT, POINTS
from tests.attacks.tampering import tampered_notebooks

pytestmark = pytest.mark.needs("bubblewrap")

ATTACKS = [*code_attacks(), *tampered_notebooks(), *odd_folders()]
BY_ID = {attack.id: attack for attack in ATTACKS}
FAIR = [name for name, attack in BY_ID.items() if attack.category == "fairness"]


@dataclass
class Graded:
    """A graded course, and what else the grading did to the machine."""

    course: Course
    said: str
    visits: int
    processes: set[int]
    files: list[str]
    scores: dict[str, float]

    def student(self, name: str) -> str:
        return next(s for s, attack in self.course.attacks.items() if attack.id == name)

    def record(self, student: str) -> Any:
        path = self.course.folder / ".lmgrade" / ASSIGNMENT / f"{student}.json"
        return json.loads(path.read_text(encoding="utf-8"))

    def notebook(self, student: str) -> Any:
        path = self.course.folder / "autograded" / student / ASSIGNMENT / FILE
        return json.loads(path.read_text(encoding="utf-8"))


def graded(folder: Path, attacks: list[Attack]) -> Graded:
    """Grade honest and hostile submissions side by side, as an instructor would."""
    adopt_orphans()
    course = Course(folder)
    before, files = children(), left_behind()
    with Listener() as listener:
        course.submit(attacks, listener.port)
        done = course.run("lmgrade.cli", "autograde", ASSIGNMENT)
        visits = listener.visits
    assert done.returncode == 0, done.stderr[-3000:]
    left = sorted(set(left_behind()) - set(files))
    return Graded(course, done.stderr, visits, children() - before, left, course.scores())


@pytest.fixture(scope="module")
def everyone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    folder = tmp_path_factory.mktemp("attacked")
    yield graded(folder / "course", sorted(ATTACKS, key=lambda attack: attack.name))
    shutil.rmtree(folder)


def test_there_are_many_of_every_kind() -> None:
    assert len(ATTACKS) - len(FAIR) >= 80
    assert len(FAIR) >= 10


@pytest.mark.parametrize("name", BY_ID)
def test_no_attack_earns_a_point(everyone: Graded, name: str) -> None:
    assert everyone.scores[everyone.student(name)] <= BY_ID[name].earns


@pytest.mark.parametrize("name", FAIR)
def test_honest_work_keeps_every_point(everyone: Graded, name: str) -> None:
    student = everyone.student(name)
    assert everyone.scores[student] == POINTS, everyone.record(student)["tests"]


def test_no_neighbour_is_harmed(everyone: Graded) -> None:
    for student in everyone.course.honest:
        assert everyone.scores[student] == POINTS, everyone.record(student)
        assert everyone.record(student)["flags"] == []


@pytest.mark.parametrize("name", BY_ID)
def test_a_lost_point_is_explained(everyone: Graded, name: str) -> None:
    record = everyone.record(everyone.student(name))
    assert len(record["tests"]) == 11
    for test in record["tests"]:
        assert test["score"] == test["max_score"] or test["message"]
