"""Tables of grades and of symptoms, what is said of those who are not in them, and commands."""

import csv
import io
import json
import re
import shutil
import signal
from pathlib import Path
from zipfile import ZipFile

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import LoggingConfigurable

from lmgrade import export
from lmgrade.nbgrader.platforms import Collector, write_zip
from lmgrade.report import Report, read_records
from tests import needs
from tests.lmgrade.course import RIGHT as AREA
from tests.lmgrade.course import lmgrade, make, start

ROOT = Path(__file__).resolve().parents[2]
RIGHT = "tests/validity/dropout/right/autograd_function.py"

CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "toy"\n'


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
    start(course, "nbgrader", "export", "--to", "theirs.csv")
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
    assert "without lms_user_id, found only if the id is the login there: ben (1)" in canvas.stderr
    assert "without lms_user_id or email, found only" in moodle.stderr
    for done in (canvas, moodle):
        assert "without a graded submission, so with no row: zoe (1)" in done.stderr


def test_totals_that_may_still_grow_are_named(course: Path) -> None:
    done = lmgrade(course, "export", "toy", "--to", "grades.csv")
    assert re.search(r"waiting for a person \(points by hand are missing.*: ben \(1\)", done.stderr)
    assert done.stdout == ""


class Parent(LoggingConfigurable):
    """Of a collector: `nbgrader zip_collect`, in a course without a due date."""

    coursedir = CourseDirectory(assignment_id="dropout", db_url="sqlite://", course_id="toy")


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("lovelaceada_4711_0815_dropout.ipynb", "lovelaceada"),
        ("lovelaceada_LATE_4711_0815_dropout-2.ipynb", "lovelaceada"),
        ("Ada Lovelace_4711_assignsubmission_file_/dropout.ipynb", "Ada Lovelace"),
        ("Ada Lovelace_4711_assignsubmission_file/dropout (1).ipynb", "Ada Lovelace"),
        ("Ada Lovelace_4711_assignsubmission_file_dropout.ipynb", "Ada Lovelace"),
        ("lovelaceada_4711_0815_lstm_cell.ipynb", None),
        ("dropout.ipynb", None),
    ],
)
def test_names_of_both_platforms_are_known(name: str, student: str | None) -> None:
    found = Collector(parent=Parent()).collect(f"/course/downloaded/dropout/extracted/{name}")
    assert found == (student and {"student_id": student, "file_id": "dropout"})


def test_moodle_gets_its_folders_back(tmp_path: Path) -> None:
    page = tmp_path / "dropout.html"
    page.write_text("Ada's")
    folder = "Ada Lovelace_4711_assignsubmission_file"
    names = {"Ada Lovelace": Path(f"/downloaded/dropout/extracted/all/{folder}/dropout.ipynb")}
    write_zip(tmp_path / "x.zip", {"Ada Lovelace": page}, names)
    with ZipFile(tmp_path / "x.zip") as archive:
        assert archive.namelist() == [f"{folder}/dropout.html"]


def note(
    course: Path,
    student: str,
    flags: list[str],
    submitted: str = "1",
    folder: str = "",
    name: str = "toy",
) -> None:
    """What grading notes of a student; of one whose grade it cannot write, nothing submitted."""
    test = {"grade_id": "test", "score": 0, "max_score": 2, "message": "wrong  [toy.wrong]"}
    record = {"student": student, "submitted": submitted, "tests": [test], "flags": flags}
    record["folder"] = folder
    records = course / ".lmgrade" / name
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
    done = start(course, "-c", REFUSE)
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
    done = start(course, "-c", FULL_DISK)
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


@pytest.mark.parametrize("command", ["autograde", "feedback", "report", "flagged", "export"])
def test_a_grader_without_nbgrader_says_what_to_install(tmp_path: Path, command: str) -> None:
    done = start(tmp_path, "-c", WITHOUT, command, "toy")
    assert done.returncode == 2
    assert "pip install '.[grading,cluster]'" in done.stderr
    assert "Traceback" not in done.stderr


STOP = """\
import os, signal, sys
from lmgrade import cli
from lmgrade.nbgrader import plugin
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
    done = start(tmp_path, "-c", STOP, str(int(number)), *options)
    assert done.returncode == 128 + number
    assert f"stopped; the same command {said}" in done.stderr


@pytest.mark.parametrize(
    "command", ["score", "autograde", "feedback", "report", "flagged", "export", "release"]
)
def test_help_says_what_a_command_does_and_how_it_ends(tmp_path: Path, command: str) -> None:
    whole, one = lmgrade(tmp_path, "--help").stdout, lmgrade(tmp_path, command, "--help").stdout
    (what,) = re.findall(rf"^ +{command}\s+(.+)", whole.split("arguments:")[1], re.M)
    assert f"{what[0].upper()}{what[1:]}." in " ".join(one.split())
    assert f"example:\n  lmgrade {command} " in one
    assert "exit codes:" in whole
    assert "exit codes:" in one


FORMULA = '=HYPERLINK("http://evil","x")'


@pytest.mark.parametrize("kind", ["nbgrader", "canvas", "moodle"])
def test_no_table_holds_a_formula(kind: str) -> None:
    row = dict.fromkeys([*export.HEAD.split(","), "lms_user_id"], FORMULA)
    row |= {"score": -1.0, "graded": True}
    table = rows(export.as_table("toy", [row], kind))
    values = [value for line in table for value in line]
    assert any(FORMULA in value for value in values)
    assert not any(value.startswith("=") for value in values)
    assert "-1.0" in values  # a number stays one


def report(messages: dict[str, list[str]]) -> Report:
    """Of students and the messages that their tests gave, each of which cost 2 points."""
    records = []
    for who, texts in messages.items():
        kinds = [{"grade_id": f"test{n}", "message": text} for n, text in enumerate(texts)]
        tests = [{**kind, "score": 0, "max_score": 2} for kind in kinds]
        records.append({"student": who, "tests": tests})
    return Report({"toy": records}, Path("nowhere"))


def test_the_reports_table_shows_each_student_their_own_message(tmp_path: Path) -> None:
    made = report({FORMULA: ["-1 is wrong  [toy.area]"], "ada": ["area(2) is 3  [toy.area]"]})
    (symptom,) = made.found
    assert (symptom.id, symptom.points_lost) == ("toy.area", 4)
    made.write_csv(tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(newline="") as file:
        head, *lines = csv.reader(file)
    assert head == ["assignment", "symptom", "student", "message"]
    assert ["toy", "toy.area", "'" + FORMULA, "'-1 is wrong"] in lines
    assert ["toy", "toy.area", "ada", "area(2) is 3"] in lines


@pytest.mark.parametrize(
    ("messages", "id"),
    [
        (
            ["it raised TypeError: f() takes 1 (line 2 of your code: f(ada))  [toy.raises]"],
            "TypeError: f() takes …",
        ),
        (
            ["NameError: name 'x' is not defined", "it raised NameError: name 'x' is not defined"],
            "NameError: name 'x' is not defined",
        ),
        (["x is not written yet, or its cell failed. cell 2: ValueError: y"], "ValueError: y"),
        (["not written yet: f() (line 2 of your code)  [toy.not-written]"], "toy.not-written"),
        (["right text  [toy.first]", "needs `test0` first  [toy.waits]"], "toy.first"),
        (
            [
                "your code used more than 20 s of computing time",
                "not run: your code used more than 180 s of computing time",
                "your code waited for 15 s and did nothing",
            ],
            "time limit",
        ),
    ],
)
def test_one_cause_is_one_symptom(messages: list[str], id: str, tmp_path: Path) -> None:
    made = report({"lovelace": messages})
    assert [(s.id, s.points_lost) for s in made.found] == [(id, 2 * len(messages))]
    made.write_html(tmp_path / "x.html")
    page = (tmp_path / "x.html").read_text()
    assert "lovelace" not in page
    assert "f(ada)" not in page  # nor a line of somebody's code


def test_a_lecture_has_no_topic_and_no_hint_for_what_no_check_has_named(tmp_path: Path) -> None:
    tests = [{"grade_id": "rate", "message": "it is damaged", "score": 0, "max_score": 2}]
    records = [{"student": who, "tests": tests, "unreadable": True} for who in ("ada", "ben")]
    for key in ("a", "b"):
        error = {**tests[0], "message": f"it raised KeyError: {key}"}
        records.append({"student": key, "tests": [error]})
    made = Report({"dropout": records}, Path("nowhere"))
    made.write_html(tmp_path / "x.html")
    page = (tmp_path / "x.html").read_text()
    assert re.findall("<h2>(.*?)</h2>", page) == ["KeyError: a", "KeyError: b"]
    assert "Hint" not in page
    assert "nothing to run" in made.text()


def test_a_report_of_the_course_tells_assignments_apart(course: Path) -> None:
    assert "nothing is graded" in lmgrade(course, "report", code=2).stderr
    note(course, "ada", [])
    note(course, "ben", [], name="other")
    (course / "solutions").mkdir()
    text = "# # Other\n# · goes with\n# chapters 3 and 4."
    (course / "solutions" / "other.py").write_text(text)
    config = f'{CONFIG}c.CourseDirectory.source_directory = "solutions"\n'
    (course / "nbgrader_config.py").write_text(config)
    lines = lmgrade(course, "report", code=0).stdout.splitlines()[1::2]
    assert [line.split(maxsplit=2)[2] for line in lines] == [
        "other.toy.wrong  (chapters 3 and 4)",
        "toy.wrong",
    ]
    elsewhere = lmgrade(course.parent, "report", "--course", course.name, code=0)
    assert "(chapters 3 and 4)" in elsewhere.stdout


def test_the_report_leaves_out_a_submission_that_is_gone(course: Path) -> None:
    def students() -> set[str]:
        found = read_records(CourseDirectory(root=str(course)), "toy")
        return {record["student"] for record in found}

    for student in ("ada", "ben"):
        note(course, student, [], folder=f"submitted/{student}/toy")
    assert students() == {"ada", "ben"}, "all were put away after grading"
    (course / "submitted" / "ada" / "toy").mkdir(parents=True)
    assert students() == {"ada"}


def test_the_picture_of_an_odd_message_is_drawn(tmp_path: Path) -> None:
    report({"ada": ["no $\\frac{x$ here"]}).write_plot(tmp_path / "x")
    assert (tmp_path / "x").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", ["nix", "./toy"])
@pytest.mark.parametrize("command", ["autograde", "feedback", "report", "flagged", "export"])
def test_an_unknown_assignment_is_explained(command: str, name: str, course: Path) -> None:
    (course / "source" / "toy").mkdir(parents=True)
    (course / "source" / "toy" / "toy.ipynb").write_text("{}")
    done = lmgrade(course, command, name)
    assert done.returncode != 0
    assert repr(name) in done.stderr
    assert "there are: toy" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["autograde", "toy", "--workers", "0"], "'0' is no number from 1 up"),
        (["autograde", "toy", "--student", ".."], "'..' is no student"),
        (["autograde", "toy", "--course", "nowhere"], "'nowhere' is no folder"),
        (["report", "toy", "--csv", "nowhere/x.csv"], "nowhere/x.csv cannot be written"),
        (["report", "toy", "--plot", "x.xyz"], "x.xyz cannot be written"),
        (["export", "toy", "--to", "."], ". cannot be written"),
    ],
)
def test_a_bad_option_is_explained(course: Path, arguments: list[str], named: str) -> None:
    note(course, "ada", [])
    assert named in lmgrade(course, *arguments, code=2).stderr


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "exercises").write_text("a file where a folder should be")
    assert "exercises" in lmgrade(tmp_path, "release", "toy", code=2).stderr


def test_no_gradebook_is_made_where_there_is_none(tmp_path: Path) -> None:
    assert "is this the course's folder?" in lmgrade(tmp_path, "export", "toy", code=2).stderr
    assert not list(tmp_path.iterdir())


def test_score_grades_the_rest_and_then_fails_on_what_it_cannot_read(tmp_path: Path) -> None:
    course = make(tmp_path / "course")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "broken.ipynb").write_text("{")
    right, odd = tmp_path / "right.py", tmp_path / "ada.py: 3 of 3\n\udcdc.py"
    right.write_text(f"import math\n\n\n{AREA}\n")
    odd.write_text("def area(r):\n    return 0\n")
    bad = ["missing.py", "broken.ipynb", "folder.py"]
    options = [] if needs.sandbox() else ["--no-sandbox"]
    files = [*(str(tmp_path / name) for name in bad), str(right)]
    done = lmgrade(course, "score", "toy", *files, "--json", *options, code=1)
    *unread, good = json.loads(done.stdout)
    assert (good["score"], good["error"]) == (3, None)
    for name, result in zip(bad, unread, strict=True):
        assert result["score"] == 0
        assert name in result["error"]
    done = lmgrade(course, "score", "toy", str(odd), *options, code=0)
    assert done.stdout.splitlines()[0].endswith("ada.py: 3 of 3 \ufffd.py: 0 of 3")
