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

from lmgrade.grading.result import one_line
from lmgrade.nbgrader import gradebook, plugin
from lmgrade.notebook.submission import EXCHANGED
from tests import needs
from tests.lmgrade.course import (
    SOURCE,
    autograde,
    grades,
    lmgrade,
    make,
    nbgrader,
    solved,
    start,
    submit,
)

TASK = """
# %% [markdown] nbgrader={"grade": false, "grade_id": "task", "locked": true, "points": 2, META}
# Draw it.
"""
TASK = TASK.replace("META", '"solution": false, "schema_version": 3, "task": true')


def test_the_exchange_brings_feedback_back(tmp_path: Path) -> None:
    exchange, cache = tmp_path / "exchange", tmp_path / "cache"
    for folder in (exchange, cache, tmp_path / "student"):
        folder.mkdir()
    exchange.chmod(0o777)
    where = f"\nc.Exchange.root = {str(exchange)!r}\nc.Exchange.cache = {str(cache)!r}\n"
    course, student = make(tmp_path / "course", config=where), tmp_path / "student"
    own = f'c = get_config()\nc.CourseDirectory.course_id = "toy"{where}'
    (student / "nbgrader_config.py").write_text(own)
    lmgrade(course, "release", "toy", code=0)
    nbgrader(course, "release_assignment", "toy")
    nbgrader(student, "fetch_assignment", "toy")
    nbgrader(student, "submit", "toy")
    nbgrader(course, "collect", "toy")
    assert "1 graded, 0 failed, 0 flagged" in nbgrader(course, "autograde", "toy")
    times = [path.read_text() for path in course.glob("*/*/toy/timestamp.txt")]
    assert len(times) == 2
    assert times[0] == times[1]
    submit(course, "zoe")  # put there by hand
    submit(course, "mallory", time="")
    for name in EXCHANGED:
        (course / "submitted" / "mallory" / "toy" / name).write_text("")
    nbgrader(course, "autograde", "toy")
    nbgrader(course, "generate_feedback", "toy")
    assert nbgrader(course, "release_feedback", "toy").count("is not released") == 2
    nbgrader(student, "fetch_feedback", "toy")
    (page,) = student.glob("toy/feedback/*/toy.html")
    assert "NotImplementedError" in page.read_text()  # what the released cell raises


def test_a_course_in_nbgraders_own_layout_with_data_files_is_graded(tmp_path: Path) -> None:
    """No lmlib, no PyTorch, no configuration but the plug-in's."""
    source = tmp_path / "source" / "toy"
    source.mkdir(parents=True)
    notebook = solved("limit = 1\ndef first(path): return open(path).read()[:limit]")
    notebook.cells[2].source = "assert first('data.txt') == 'd' and first('own.txt') == 'o'"
    (source / "toy.ipynb").write_text(json.dumps(notebook))
    (source / "data.txt").write_text("data")
    (source / "own.txt").write_text("other")
    config = "from lmgrade.nbgrader import plugin\nc = get_config()\n"
    config += f"plugin.install(c, sandbox={needs.sandbox()})\n"
    (tmp_path / "nbgrader_config.py").write_text(config)
    folder = submit(tmp_path, "ada")
    (folder / "toy.ipynb").write_text(json.dumps(notebook))
    (folder / "own.txt").write_text("own")
    nbgrader(tmp_path, "generate_assignment", "toy")
    nbgrader(tmp_path, "autograde", "toy")
    assert grades(tmp_path)["ada"] == ({"test": 3, "why": None}, False, 2)


def test_odd_times_keep_nobody_from_the_formgraders_list(tmp_path: Path) -> None:
    course = make(tmp_path)
    submit(course, "ada", time="2026-01-02 03:04:05 UTC")
    for number, time in enumerate(["NaN", "9999-12-31 23:59 UTC", "0001-01-01 00:00:00", "\0"]):
        submit(course, f"eve{number}", time=time)
    assert autograde(course).count("timestamp.txt tells no time") == 4
    nbgrader(course, "generate_feedback", "toy")
    for timezone in ("America/New_York", "Asia/Tokyo"):
        listed = pages(course, timezone).get_submissions("toy")
        assert [bool(entry["timestamp"]) for entry in listed] == [True] + 4 * [False]
    (course / "submitted" / "ada" / "toy" / "timestamp.txt").unlink()
    autograde(course)
    assert not pages(course).get_submissions("toy")[0]["timestamp"]


def pages(course: Path, timezone: str = "UTC") -> NbGraderAPI:
    """What the Formgrader asks."""
    plugin.install()
    api = NbGraderAPI(CourseDirectory(root=str(course), course_id="toy"))
    api.timezone = timezone
    return api


def test_submissions_may_lie_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "submitted"
    setting = f"c.CourseDirectory.submitted_directory = {str(elsewhere)!r}\n"
    course = make(tmp_path / "course", config=setting)
    submit(elsewhere.parent, "ada")
    autograde(course)
    assert list(grades(course)) == ["ada"]
    assert (course / "autograded" / "ada" / "toy" / "toy.ipynb").is_file()


@pytest.mark.parametrize("name", ["Toy", "toy (1)", "toy-2", "toy\x1b"])
def test_a_folder_that_is_called_a_little_otherwise_is_not_passed_over(
    name: str, tmp_path: Path
) -> None:
    course = make(tmp_path)
    submit(course, "ada")
    (course / "submitted" / "ada" / name).mkdir()
    said = autograde(course)
    assert f"submitted/ada/{one_line(name)} is not graded" in said
    assert "\x1b" not in said


def test_another_assignment_is_no_misspelt_one() -> None:
    assert not plugin._is_like("ps1", "ps2")
    assert not plugin._is_like("ps-1", "ps-2")
    assert plugin._is_like("PS2 (1)", "ps2")


def change(course: Path, work: Callable[[Any], None]) -> None:
    """What a person changes in the Formgrader."""
    with Gradebook(f"sqlite:///{course}/gradebook.db", "toy") as entries:
        (submission,) = entries.assignment_submissions("toy")
        work(submission.notebooks[0])
        entries.db.commit()


def test_flags_of_ours_go_with_their_reason_and_those_of_a_person_stay(tmp_path: Path) -> None:
    course = make(tmp_path)
    more = submit(course, "ada") / "more.ipynb"
    more.touch()
    autograde(course)
    assert grades(course)["ada"][1]
    more.unlink()
    autograde(course)
    assert not grades(course)["ada"][1]
    change(course, lambda notebook: setattr(notebook, "flagged", True))
    autograde(course, "--force")
    assert grades(course)["ada"][1]


def test_points_by_hand_stay_and_a_task_needs_no_second_look(tmp_path: Path) -> None:
    course = make(tmp_path, SOURCE + TASK)
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
        assert notebook.score == 5

    change(course, by_hand)
    autograde(course, "--force")
    change(course, look)


def test_late_work_gets_the_penalty_that_the_course_has_configured(tmp_path: Path) -> None:
    late = """
from nbgrader.plugins import BasePlugin
class Late(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 99 if total_seconds_late > 60 else None
c.AssignLatePenalties.plugin_class = Late
"""
    course = make(tmp_path, config=late)
    submit(course, "ada", time="2026-01-02 03:04:05 UTC")
    due(course, "2026-01-01")
    autograde(course)
    change(course, lambda notebook: check_penalty(notebook, 3))  # no more than the score


def due(course: Path, day: str) -> None:
    with gradebook.open_gradebook(f"sqlite:///{course}/gradebook.db", "toy") as entries:
        entries.update_or_create_assignment("toy", duedate=f"{day} 00:00:00 UTC")


def check_penalty(notebook: Any, penalty: float | None) -> None:
    assert notebook.late_submission_penalty == penalty


HALF = """
from nbgrader.plugins import BasePlugin
class Half(BasePlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score / 2
c.AssignLatePenalties.plugin_class = Half
"""


def test_a_late_penalty_follows_what_changes_after_grading(tmp_path: Path) -> None:
    course = make(tmp_path)
    submit(course, "ada", time="2026-01-02 03:04:05 UTC")
    autograde(course)
    lmgrade(course, "feedback", "toy", code=0)
    config = course / "nbgrader_config.py"
    without = config.read_text()

    def by_hand(notebook: Any) -> None:
        grade = next(grade for grade in notebook.grades if grade.name == "why")
        grade.manual_score, grade.needs_manual_grade = 1, False

    def exported() -> str:
        return str(lmgrade(course, "export", "toy", code=0).stdout.split(",")[-2])

    due(course, "2026-01-01")
    assert exported() == "3.0"
    config.write_text(without + HALF)
    assert exported() == "1.5"
    change(course, by_hand)
    assert "1 pages made" in lmgrade(course, "feedback", "toy", code=0).stdout
    page = (course / "feedback" / "ada" / "toy" / "toy.html").read_text()
    assert "toy: 2 of 4 points" in page
    assert "2 points less" in page
    due(course, "2026-01-03")
    assert "Nothing to do" in autograde(course)
    change(course, lambda notebook: check_penalty(notebook, None))
    due(course, "2026-01-01")
    config.write_text(without + HALF.replace("score / 2", "secret"))
    said = lmgrade(course, "export", "toy", code=2).stderr
    assert "the plug-in for late work fails on ada: NameError" in said
    assert "fails on ada" in autograde(course, code=1)


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


@pytest.mark.parametrize("url", ["nonsense", "mysql+nowhere://a:secret@b/c", "sqlite:///no/x.db"])
def test_a_gradebook_that_is_none_is_explained(url: str, tmp_path: Path) -> None:
    course = make(tmp_path, config=f"c.CourseDirectory.db_url = {url!r}\n")
    submit(course, "ada")
    for command, code in (("autograde", 1), ("export", 2)):
        said = lmgrade(course, command, "toy", code=code).stderr
        assert "cannot be used" in said or "there is no gradebook" in said
        assert "secret" not in said


@pytest.mark.parametrize("line", ["c = ", "import nowhere_at_all", "c.NbGrader.course = 1 / 0"])
def test_a_configuration_that_fails_is_not_passed_over(line: str, tmp_path: Path) -> None:
    (tmp_path / "nbgrader_config.py").write_text(f"c = get_config()\n{line}\n")
    for command in ("autograde", "export"):
        said = lmgrade(tmp_path, command, "toy", code=2).stderr
        assert "nbgrader_config.py cannot be used" in said
    assert not (tmp_path / "gradebook.db").exists()


NO_SANDBOX = """\
from lmgrade.nbgrader import plugin
from lmgrade.sandbox import ADVICE, SandboxError
def none(*_, **__):
    raise SandboxError(ADVICE)
plugin.Pool = none
"""


def test_each_command_advises_what_it_has(tmp_path: Path) -> None:
    course = make(tmp_path, config=NO_SANDBOX)
    submit(course, "ada")
    assert "--no-sandbox" in autograde(course, code=1)
    done = start(course, "nbgrader", "autograde", "toy")
    assert done.returncode == 1
    assert "--no-sandbox" not in done.stderr
    assert "pass sandbox=False to plugin.install in nbgrader_config.py" in done.stderr
