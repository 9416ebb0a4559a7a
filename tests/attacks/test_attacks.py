"""No attack earns a point, reads a secret, harms a neighbour or leaves anything behind."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.attacks.course import Course
from tests.attacks.grading import ATTACKS, BY_ID, Graded, choose, graded
from tests.attacks.notebook import ASSIGNMENT, POINTS
from tests.attacks.page import Page

pytestmark = pytest.mark.needs("bubblewrap")

HONEST = [name for name, attack in BY_ID.items() if attack.category == "honest"]
SHOWN = [name for name, attack in BY_ID.items() if attack.category == "feedback"]


@pytest.fixture(scope="module")
def everyone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graded]:
    """The whole class: every attack, with honest work before, between and after them."""
    course = Course(tmp_path_factory.mktemp("attacked") / "course")
    yield graded(course, choose("*"))
    shutil.rmtree(course.folder)


def test_there_are_many_of_every_kind() -> None:
    assert len(ATTACKS) == len(BY_ID)
    assert len(ATTACKS) - len(HONEST) >= 80
    assert len(HONEST) >= 10
    assert {attack.category for attack in ATTACKS} >= {"forgery", "theft", "resources", "feedback"}


@pytest.mark.parametrize("name", BY_ID)
def test_no_attack_earns_a_point(everyone: Graded, name: str) -> None:
    assert everyone.scores[everyone.student(name)] <= BY_ID[name].earns


@pytest.mark.parametrize("name", HONEST)
def test_honest_work_keeps_every_point(everyone: Graded, name: str) -> None:
    student = everyone.student(name)
    assert everyone.scores[student] == POINTS, everyone.record(student)["tests"]


def test_no_neighbour_is_harmed(everyone: Graded) -> None:
    for student in everyone.course.honest:
        assert everyone.scores[student] == POINTS, everyone.record(student)
        assert everyone.record(student)["flags"] == []


@pytest.mark.parametrize("name", BY_ID)
def test_every_lost_point_is_explained(everyone: Graded, name: str) -> None:
    tests = everyone.record(everyone.student(name))["tests"]
    assert sum(test["max_score"] for test in tests) == POINTS
    for test in tests:
        assert test["score"] == test["max_score"] or test["message"]


@pytest.mark.parametrize("name", BY_ID)
def test_no_secret_comes_out(everyone: Graded, name: str) -> None:
    student = everyone.student(name)
    assert "STOLEN" not in everyone.said_of(student)
    for secret in everyone.course.secrets.values():
        assert secret not in everyone.notebook(student) + str(everyone.record(student))


def test_no_service_of_the_machine_is_reached(everyone: Graded) -> None:
    assert everyone.visits == 0


def test_nothing_is_left_behind(everyone: Graded) -> None:
    assert everyone.processes == set()
    assert everyone.files == set()
    assert list(everyone.course.temporary.iterdir()) == []


def test_what_was_handed_in_stays_as_it_was(everyone: Graded) -> None:
    assert everyone.changes == set()


def test_only_notebooks_are_graded_into_the_folder(everyone: Graded) -> None:
    for student in [*everyone.course.attacks, *everyone.course.honest]:
        folder = everyone.course.folder / "autograded" / student / ASSIGNMENT
        assert {path.name for path in folder.iterdir()} <= {"dropout.ipynb", "timestamp.txt"}
        assert not any(path.is_symlink() for path in folder.iterdir())


def test_the_gradebook_holds_what_it_should(everyone: Graded) -> None:
    with everyone.course.gradebook() as gradebook:
        earlier = gradebook.find_submission("earlier", "earlier")
        assert (earlier.score, earlier.max_score) == (5, 7)
        assert gradebook.find_student("earlier").last_name == everyone.course.secrets["gradebook"]
        names = {student.id for student in gradebook.students}
        assert names == {"earlier", *everyone.course.attacks, *everyone.course.honest}
        for submission in gradebook.assignment_submissions(ASSIGNMENT):
            assert submission.max_score == POINTS + 2
            (notebook,) = submission.notebooks
            written = {g.name: (g.auto_score, g.manual_score) for g in notebook.grades}
            assert written["double-rescaling"] in ((None, None), (0, None))


def test_outputs_stay_with_the_cells_that_made_them(everyone: Graded) -> None:
    cells = json.loads(everyone.notebook(everyone.student("honest-extra_cells")))["cells"]
    (cell,) = [cell for cell in cells if cell["source"].startswith("assert False")]
    assert "this was a trial" in cell["outputs"][0]["text"]
    (cell,) = [cell for cell in cells if cell["source"].startswith("print(coins.shape)")]
    assert "torch.Size([4, 8])" in cell["outputs"][0]["text"]


def test_the_summary_shows_no_escape_codes(everyone: Graded) -> None:
    assert all(sign.isprintable() or sign == "\n" for sign in everyone.said)
    assert not any(line.lstrip().startswith("999-honest") for line in everyone.said.splitlines())


# --- feedback ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pages(everyone: Graded) -> dict[str, Path]:
    """The pages that students get, by attack; "honest" is one of honest work."""
    course = everyone.course
    for students in ("*-feedback-*", course.honest[0]):
        done = course.run("nbgrader", "generate_feedback", ASSIGNMENT, f"--student={students}")
        assert done.returncode == 0, done.stderr
    found = {"honest": course.honest[0]} | {name: everyone.student(name) for name in SHOWN}
    return {
        n: course.folder / "feedback" / s / ASSIGNMENT / "dropout.html" for n, s in found.items()
    }


@pytest.mark.parametrize("name", SHOWN)
def test_feedback_does_nothing_that_honest_feedback_does_not(
    pages: dict[str, Path], name: str
) -> None:
    page, honest = (Page(pages[n].read_text(encoding="utf-8")) for n in (name, "honest"))
    assert page.active <= honest.active


@pytest.mark.parametrize("name", SHOWN)
def test_feedback_shows_no_secret(everyone: Graded, pages: dict[str, Path], name: str) -> None:
    page = pages[name].read_text(encoding="utf-8")
    assert "check.grade" not in page  # as all hidden tests say
    for secret in everyone.course.secrets.values():
        assert secret not in page


@pytest.mark.needs("browser")
def test_feedback_runs_no_script_in_a_browser(pages: dict[str, Path], browser: Browser) -> None:
    dialogs: list[str] = []
    page = browser.new_page()
    page.route("http**", lambda route: route.abort())
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for path in pages.values():
        page.goto(path.as_uri(), wait_until="load")
        assert "PWNED" not in page.title()
    page.close()
    assert dialogs == []


# --- other ways in ----------------------------------------------------------------------------

FEW = ("forgery-patched_torch", "theft-gradebook", "resources-exit_in_forward", "honest-prints")


def check_few(found: Graded) -> None:
    for name in FEW:
        score = found.scores[found.student(name)]
        assert score <= BY_ID[name].earns
        assert score == POINTS or BY_ID[name].category != "honest"
    assert {found.scores[student] for student in found.course.honest} == {POINTS}
    assert (found.processes, found.visits) == (set(), 0)


def test_nbgraders_own_command_is_as_safe(tmp_path: Path) -> None:
    check_few(graded(Course(tmp_path / "c"), choose(*FEW), ("nbgrader", "autograde", ASSIGNMENT)))


def test_the_formgraders_button_is_as_safe(tmp_path: Path) -> None:
    course = Course(tmp_path / "c")
    click = ("tests.attacks.button", "*")
    check_few(graded(course, choose(*FEW), click))


@pytest.mark.needs("postgresql")
def test_a_gradebook_in_postgresql_is_as_safe(tmp_path: Path, database: str) -> None:
    check_few(graded(Course(tmp_path / "c", database), choose(*FEW)))


def test_a_busy_machine_costs_no_points(tmp_path: Path) -> None:
    busy = [sys.executable, "-c", "while True: pass"]
    hogs = [subprocess.Popen(busy) for _ in range(2 * (os.cpu_count() or 1))]
    try:
        found = graded(Course(tmp_path / "c"), choose("honest-pl*"))
    finally:
        for hog in hogs:
            hog.kill()
            hog.wait()
    assert set(found.scores.values()) == {POINTS}


def test_the_thieves_do_find_secrets_without_a_sandbox(tmp_path: Path) -> None:
    """Or the tests above would prove nothing."""
    course = Course(tmp_path / "c", sandbox=False)
    thieves = ("theft-environment", "theft-course_folder", "theft-network")
    found = graded(course, choose(*thieves))
    said = "".join(found.said_of(found.student(name)) for name in thieves)
    for place in ("solution", "neighbour", "gradebook", "hidden"):
        assert course.secrets[place] in said
    assert found.visits > 0
