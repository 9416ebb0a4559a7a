"""Tables of grades and of symptoms, and what is said of those who are not in them."""

import csv
import io
import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from tests.test_lmgrade_autograde import run

ROOT = Path(__file__).resolve().parents[1]
RIGHT = "tests/validity/dropout/right/autograd_function.py"

CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "toy"\n'


def lmgrade(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "lmgrade.cli", *arguments)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ada has all points; some of Ben's are still to be given; Zoe handed in nothing."""
    path = tmp_path_factory.mktemp("graded") / "gradebook.db"
    with Gradebook(f"sqlite:///{path}", "toy") as gradebook, gradebook.db.no_autoflush:
        gradebook.add_assignment("toy")
        gradebook.add_notebook("toy", "toy")
        for cell in ("test", "why"):
            gradebook.add_grade_cell(cell, "toy", "toy", max_score=2, cell_type="code")
        gradebook.add_student("zoe", last_name="Zeta", first_name="Zoe", email="z@example.org")
        gradebook.add_student("ada", last_name="Lovelace", first_name="Ada", lms_user_id="4711")
        gradebook.add_student("ben")
        for student, by_hand in (("ada", False), ("ben", True)):
            submission = gradebook.add_submission("toy", student)
            for grade in submission.notebooks[0].grades:
                grade.auto_score = 1.5 if grade.name == "test" else None
                grade.needs_manual_grade = by_hand and grade.name == "why"
        gradebook.db.commit()
    return path


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Path:
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    shutil.copy(graded, tmp_path)
    return tmp_path


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_the_table_is_that_of_nbgrader(course: Path) -> None:
    command = [sys.executable, "-m", "nbgrader", "export", "--to", "theirs.csv"]
    subprocess.run(command, cwd=course, capture_output=True, check=True)
    done = lmgrade(course, "export", "toy")
    assert done.stdout == (course / "theirs.csv").read_text()
    assert "so with 0 points: zoe (1)" in done.stderr


def test_canvas_and_moodle_get_no_row_for_who_handed_in_nothing(course: Path) -> None:
    canvas = lmgrade(course, "export", "toy", "--format", "canvas")
    moodle = lmgrade(course, "export", "toy", "--format", "moodle")
    assert rows(canvas.stdout)[2:] == [
        ["ben", "", "", "ben", "", "1.5"],
        ["Lovelace, Ada", "4711", "", "ada", "", "1.5"],
    ]
    assert rows(moodle.stdout)[1:] == [["ben", "", "", "1.5"], ["ada", "4711", "", "1.5"]]
    for done in (canvas, moodle):
        assert "without a graded submission, so with no row: zoe (1)" in done.stderr


def test_totals_that_may_still_grow_are_named(course: Path) -> None:
    done = lmgrade(course, "export", "toy", "--to", "grades.csv")
    assert "waiting for points by hand, so not complete: ben (1)" in done.stderr
    assert done.stdout == ""


def test_the_guides_pattern_fits_what_canvas_makes_of_names() -> None:
    guide = (Path(__file__).parents[1] / "book" / "instructor-guide.md").read_text()
    (pattern,) = re.findall(r'named_regexp = \(\s+r"(.*)"', guide)
    for rest in ("4711_0815_dropout", "LATE_4711_0815_dropout", "4711_0815_dropout-2"):
        found = re.match(pattern, f"/some/archive/lovelaceada_{rest}.ipynb")
        assert found, rest
        assert found.groupdict() == {"student_id": "lovelaceada", "file_id": "dropout"}
    assert not re.match(pattern, "/some/archive/lovelaceada_4711_0815_lstm_cell.ipynb")


def note(course: Path, student: str, flags: list[str], submitted: str = "1") -> None:
    """What grading notes of a student; of one whose grade it cannot write, nothing submitted."""
    test = {"grade_id": "test", "score": 0, "max_score": 2, "message": "wrong  [toy.wrong]"}
    record = {"student": student, "submitted": submitted, "tests": [test], "flags": flags}
    records = course / ".lmgrade" / "toy"
    records.mkdir(parents=True, exist_ok=True)
    (records / f"{student}.json").write_text(json.dumps(record))


@pytest.fixture
def elsewhere(course: Path, tmp_path: Path) -> Path:
    """A folder whose configuration names another one as the course's root."""
    note(course, "ada", ["look here"])
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    text = f"{CONFIG}c.CourseDirectory.root = {str(course)!r}\n"
    (folder / "nbgrader_config.py").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("command", "shown"), [("report", "toy.wrong"), ("flagged", "look here"), ("export", "ben")]
)
def test_the_course_lies_where_the_configuration_says(
    elsewhere: Path, command: str, shown: str
) -> None:
    done = lmgrade(elsewhere, command, "toy")
    assert done.returncode == 0, done.stderr
    assert shown in done.stdout


def test_a_grade_that_could_not_be_written_counts_as_no_symptom(course: Path) -> None:
    why = "the folder cannot be opened"
    note(course, "ben", [why, f"could not be recorded: {why}"], submitted="")
    assert lmgrade(course, "report", "toy").returncode == 2
    note(course, "ada", [])
    report = lmgrade(course, "report", "toy")
    assert report.stdout.splitlines()[1].split() == ["1/1", "2", "toy.wrong"]
    assert "1 submissions could not be recorded and do not count" in report.stderr
    flagged = lmgrade(course, "flagged", "toy")
    assert flagged.stdout == f"ben: could not be recorded: {why}\n"


REFUSE = """\
import os, sys
from lmgrade import cli
listed = os.listdir
def refuse(path="."):
    if str(path).endswith("toy"):
        raise PermissionError(13, "Permission denied", str(path))
    return listed(path)
os.listdir = os.scandir = refuse
sys.exit(cli.main(["report", "toy"]))
"""


def test_records_out_of_reach_are_not_taken_for_none(course: Path) -> None:
    note(course, "ada", [])
    done = subprocess.run(
        [sys.executable, "-c", REFUSE], cwd=course, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Permission denied" in done.stderr
    assert ".lmgrade/toy" in done.stderr


FULL_DISK = """\
import os, sys
from lmgrade import cli
def refuse(*_):
    raise OSError(28, "No space left on device")
os.replace = refuse
sys.exit(cli.main(["export", "toy", "--to", "grades.csv"]))
"""


def test_a_full_disk_leaves_nothing_half(course: Path) -> None:
    (course / "grades.csv").write_text("before")
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK], cwd=course, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "grades.csv cannot be written" in done.stderr
    assert (course / "grades.csv").read_text() == "before"
    assert not list(course.glob("*.part"))


WITHOUT = """\
import sys
from lmgrade import cli
sys.modules["nbgrader"] = None
sys.exit(cli.main(sys.argv[1:]))
"""


@pytest.mark.parametrize("command", ["autograde", "report", "flagged", "export"])
def test_a_grader_without_nbgrader_says_what_to_install(tmp_path: Path, command: str) -> None:
    arguments = [sys.executable, "-c", WITHOUT, command, "toy"]
    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install '.[grading]'" in done.stderr
    assert "Traceback" not in done.stderr


STOP = """\
import os, signal, sys
from lmgrade import cli, plugin
signal.signal(signal.SIGINT, signal.default_int_handler)  # the shell's `&` has it ignored
plugin.run = lambda *_, **__: os.kill(os.getpid(), int(sys.argv[1]))
sys.exit(cli.main(["autograde", "toy", *sys.argv[2:]]))
"""


@pytest.mark.parametrize(
    ("number", "options", "said"),
    [(signal.SIGTERM, [], "goes on"), (signal.SIGINT, ["--force"], "starts over")],
)
def test_a_command_that_is_stopped_says_how_to_go_on(
    tmp_path: Path, number: int, options: list[str], said: str
) -> None:
    arguments = [sys.executable, "-c", STOP, str(int(number)), *options]
    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 128 + number
    assert f"stopped; the same command {said}" in done.stderr


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_a_caller_may_close_the_standard_streams(closed: str) -> None:
    command = f'"$0" -m lmgrade.cli score dropout --no-sandbox {RIGHT} {closed}'
    assert subprocess.run(["sh", "-c", command, sys.executable], cwd=ROOT).returncode == 0


@pytest.mark.parametrize(
    "command", ["score", "autograde", "report", "flagged", "export", "release"]
)
def test_help_says_what_a_command_does_and_how_it_ends(tmp_path: Path, command: str) -> None:
    whole, one = lmgrade(tmp_path, "--help").stdout, lmgrade(tmp_path, command, "--help").stdout
    (what,) = re.findall(rf"^ +{command}\s+(.+)", whole.split("arguments:")[1], re.M)
    assert f"{what[0].upper()}{what[1:]}." in " ".join(one.split())
    assert f"example:\n  lmgrade {command} " in one
    assert "exit codes:" in whole
    assert "exit codes:" in one
