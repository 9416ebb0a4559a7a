"""What nbgrader's other commands, exchange and pages make of what lmgrade graded."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import inspect

from lmgrade import gradebook, plugin
from lmgrade.exchange import EXCHANGED
from tests import needs
from tests.test_lmgrade_autograde import CONFIG, RIGHT, SOURCE, grades, run, solved

TASK = """
# %% [markdown] nbgrader={"grade": false, "grade_id": "task", "locked": true, "points": 2, META}
# Draw it.
"""
TASK = TASK.replace("META", '"solution": false, "schema_version": 3, "task": true')


def make_course(folder: Path, source: str = SOURCE, config: str = "") -> Path:
    (folder / "solutions").mkdir(parents=True)
    (folder / "solutions" / "toy.py").write_text(source)
    text = CONFIG.replace("SANDBOX", str(needs.sandbox()))
    (folder / "nbgrader_config.py").write_text(text + config)
    return folder


def submit(course: Path, student: str, code: str = RIGHT, time: str | None = None) -> Path:
    folder = course / "submitted" / student / "toy"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "toy.ipynb").write_text(json.dumps(solved(code)))
    if time is not None:
        (folder / "timestamp.txt").write_text(time)
    return folder


def autograde(course: Path, *options: str, code: int = 0) -> str:
    done = run(course, "lmgrade.cli", "autograde", "toy", *options)
    assert done.returncode == code, done.stderr
    return done.stderr


def nbgrader(folder: Path, *arguments: str) -> str:
    done = run(folder, "nbgrader", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_exchange_brings_feedback_back(tmp_path: Path) -> None:
    exchange, cache = tmp_path / "exchange", tmp_path / "cache"
    for folder in (exchange, cache, tmp_path / "student"):
        folder.mkdir()
    exchange.chmod(0o777)
    where = f"\nc.Exchange.root = {str(exchange)!r}\nc.Exchange.cache = {str(cache)!r}\n"
    course, student = make_course(tmp_path / "course", config=where), tmp_path / "student"
    own = f'c = get_config()\nc.CourseDirectory.course_id = "toy"{where}'
    (student / "nbgrader_config.py").write_text(own)
    assert run(course, "lmgrade.cli", "release", "toy").returncode == 0
    nbgrader(course, "release_assignment", "toy")
    nbgrader(student, "fetch_assignment", "toy")
    nbgrader(student, "submit", "toy")
    nbgrader(course, "collect", "toy")
    assert "1 graded, 0 failed, 0 flagged" in nbgrader(course, "autograde", "toy")
    times = [path.read_text() for path in course.glob("*/*/toy/timestamp.txt")]
    assert len(times) == 2
    assert times[0] == times[1]
    for name in ("aaron", "zoe"):  # put there by hand
        submit(course, name)
    submit(course, "mallory", time="")
    for name in EXCHANGED:
        (course / "submitted" / "mallory" / "toy" / name).write_text("")
    nbgrader(course, "autograde", "toy")
    nbgrader(course, "generate_feedback", "toy")
    said = nbgrader(course, "release_feedback", "toy")
    assert said.count("is not released") == 3
    nbgrader(student, "fetch_feedback", "toy")
    (page,) = student.glob("toy/feedback/*/toy.html")
    assert "NotImplementedError" in page.read_text()  # what the released cell raises


def test_odd_times_keep_nobody_from_the_formgraders_list(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    submit(course, "ada", time="2026-01-02 03:04:05 UTC")
    for number, time in enumerate(["NaN", "9999-12-31 23:59 UTC", "0001-01-01 00:00:00", "\0"]):
        submit(course, f"eve{number}", time=time)
    said = autograde(course)
    assert said.count("timestamp.txt tells no time") == 4
    nbgrader(course, "generate_feedback", "toy")
    for timezone in ("America/New_York", "Asia/Tokyo"):
        listed = pages(course, timezone).get_submissions("toy")
        assert [bool(entry["timestamp"]) for entry in listed] == [True] + 4 * [False]


def test_a_time_that_is_taken_back_counts_no_longer(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    for time in ("2026-01-02 03:04:05 UTC", None):
        folder = submit(course, "ada", time=time)
        if time is None:
            (folder / "timestamp.txt").unlink()
        autograde(course, "--force")
        (entry,) = pages(course).get_submissions("toy")
        assert bool(entry["timestamp"]) == (time is not None)


def pages(course: Path, timezone: str = "UTC") -> NbGraderAPI:
    """What the Formgrader asks."""
    plugin.install()
    api = NbGraderAPI(CourseDirectory(root=str(course), course_id="toy"))
    api.timezone = timezone
    return api


def test_submissions_may_lie_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "submitted"
    setting = f"c.CourseDirectory.submitted_directory = {str(elsewhere)!r}\n"
    course = make_course(tmp_path / "course", config=setting)
    submit(elsewhere.parent, "ada")
    autograde(course)
    assert list(grades(course)) == ["ada"]
    assert (course / "autograded" / "ada" / "toy" / "toy.ipynb").is_file()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a", "b"], "an assignment has one notebook, ps.ipynb; in solutions/ps: a.ipynb, b.ipynb"),
        (["ps", "x"], "an assignment has one notebook, ps.ipynb; in solutions/ps: ps.ipynb, x"),
        ([], "no assignment 'ps' in solutions/; there are: quiz, toy. Run this"),
    ],
)
def test_an_assignment_has_one_notebook(names: list[str], said: str, tmp_path: Path) -> None:
    course = make_course(tmp_path)
    for name in [*(f"ps/{name}" for name in names), "quiz/quiz"]:
        path = course / "solutions" / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(solved()))
    done = run(course, "lmgrade.cli", "autograde", "ps")
    assert done.returncode != 0
    assert said in done.stderr.replace(f"{course}/", "")


def change(course: Path, work: Callable[[Any], None]) -> None:
    """What a person changes in the Formgrader."""
    with Gradebook(f"sqlite:///{course}/gradebook.db", "toy") as entries:
        (submission,) = entries.assignment_submissions("toy")
        work(submission.notebooks[0])
        entries.db.commit()


def test_a_flag_that_a_person_has_set_stays(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    submit(course, "ada")
    autograde(course)
    change(course, lambda notebook: setattr(notebook, "flagged", True))
    autograde(course, "--force")
    assert grades(course)["ada"][1]


def test_a_flag_of_ours_goes_with_its_reason(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    more = submit(course, "ada") / "more.txt"
    more.touch()
    autograde(course)
    assert grades(course)["ada"][1]
    more.unlink()
    autograde(course, "--force")
    assert not grades(course)["ada"][1]


def test_a_task_that_is_graded_needs_no_second_look(tmp_path: Path) -> None:
    course = make_course(tmp_path, SOURCE + TASK)
    submit(course, "ada")
    autograde(course)

    def waiting(notebook: Any) -> list[str]:
        return sorted(grade.name for grade in notebook.grades if grade.needs_manual_grade)

    def by_hand(notebook: Any) -> None:
        assert waiting(notebook) == ["task", "why"]
        for grade in notebook.grades:
            if grade.needs_manual_grade:
                grade.manual_score, grade.needs_manual_grade = 1, False

    def look(notebook: Any) -> None:
        assert waiting(notebook) == ["why"]  # its answer may be another one now

    change(course, by_hand)
    autograde(course, "--force")
    change(course, look)


def test_a_gradebook_is_made_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gradebook.db"
    made = Gradebook.check_course

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Gradebook, "check_course", killed)
    with pytest.raises(KeyboardInterrupt):
        gradebook.open_gradebook(f"sqlite:///{path}", "toy")
    assert not path.exists()
    monkeypatch.setattr(Gradebook, "check_course", made)
    with gradebook.open_gradebook(f"sqlite:///{path}", "toy") as entries:
        assert "alembic_version" in inspect(entries.engine).get_table_names()
    assert list(tmp_path.iterdir()) == [path]
