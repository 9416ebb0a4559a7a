"""The instructor guide, command by command: a course of twelve, from release to the last export.

The commands are read from the guide and run in its order, each as it stands there. What happens in
between, such as a student's work or an archive that somebody downloads, has a method below.
"""

import base64
import csv
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from matplotlib.figure import Figure
from nbgrader.api import Gradebook
from playwright.sync_api import Browser, expect

from tests import jupyter, needs
from tests.lmgrade.commands import commands

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "book" / "instructor-guide.md").read_text(encoding="utf-8")
# what every job of CI begins with
SETUP = ("make course", "source .venv/bin/activate", "make book exercises")
FENCES = re.findall(r"^```(\w+)\n(.*?)^```", GUIDE, re.M | re.S)
COMMANDS = [line for kind, text in FENCES if kind == "bash" for line in text.splitlines()]
SETTINGS = [text for kind, text in FENCES if kind == "python"]
(TABLE,) = (text for kind, text in FENCES if kind == "text")
STUDENTS = ("nbgrader fetch_assignment", "nbgrader submit", "nbgrader fetch_feedback")
LOCAL = """\
c = get_config()
c.Exchange.root = {exchange!r}
c.Exchange.cache = {cache!r}
"""
REPORT = "lmgrade report dropout --csv symptoms.csv --plot symptoms.png --html symptoms.html"
CANVAS = 'lmgrade export dropout --format canvas --column "Dropout (81234)" --to canvas.csv'
PUBLISH = "git -C ../notebooks push --force https://github.com/owner/course.git notebooks"
PUBLISHED = ["README.md", "LICENSE", "LICENSE-text", "pyproject.toml", "constraints.txt"]

MASK = "def keep_mask(x, p):\n    return torch.empty_like(x).bernoulli_(1 - p)\n"
RIGHT = """\
class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(p)
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * keep_mask(x, self.p) / (1 - self.p)
"""
NOT_RESCALED = RIGHT.replace(" / (1 - self.p)", "")
IN_EVALUATION = RIGHT.replace("if not self.training", "if False")
BROKEN = RIGHT.replace("class Dropout(nn.Module):", "class Dropout(nn.Module)")
RAISES = RIGHT.replace("self.p = p", "self.p = secret_of_grace")
UNTOUCHED = ""
WORK = {  # what Canvas calls it, and what it holds
    "lovelaceada_4711_0811": RIGHT,
    "babbageben_LATE_4712_0812": NOT_RESCALED,
    "curiemarie_4713_0813": NOT_RESCALED,
    "dijkstraedsger_4714_0814": RIGHT,
    "eulerleonhard_4715_0815": NOT_RESCALED,
    "fermatpierre_4716_0816": IN_EVALUATION,
    "gausscarl_4717_0817": IN_EVALUATION,
    "hoppergrace_4718_0818": RAISES,
    "knuthdonald_4719_0819": BROKEN,
    "noetheremmy_4720_0820": UNTOUCHED,
    "turingalan_4721_0821": NOT_RESCALED,
}
NAMES = [name.replace("0812", "0899") for name in WORK]  # Ben hands in again


def picture() -> str:
    drawn = io.BytesIO()
    Figure(figsize=(1, 1)).savefig(drawn, format="png")
    return base64.b64encode(drawn.getvalue()).decode()


def notebook(released: Path, work: str) -> str:
    """The released notebook, filled in, with a plot."""
    made = nbformat.read(released, as_version=4)
    texts = {"keep-mask": MASK, "dropout-solution": work, "double-rescaling": "Too large."}
    for cell in made.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if work and grade_id in texts:
            cell.source = texts[grade_id]
        if grade_id == "keep-mask":
            data = {"image/png": picture(), "text/html": "<script>alert(1)</script>"}
            cell.outputs = [nbformat.v4.new_output("display_data", data)]
    return nbformat.writes(made)


class Journey:
    """The instructor's folder, a student's beside it, and what happens around the commands."""

    def __init__(self, folder: Path, browser: Browser) -> None:
        self.folder, self.browser = folder, browser
        self.course, self.student = folder / "course", folder / "student"
        for name in ("exchange", "cache", "student", "own"):
            (folder / name).mkdir()
        (folder / "exchange").chmod(0o777)
        names = ["nbgrader_config.py", ".gitignore", "_config.yml", "solutions/dropout.py"]
        for name in (*names, *PUBLISHED):
            (self.course / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.course / name)
        for name in ("scripts", "exercises/dropout", ".ci", ".binder"):
            shutil.copytree(ROOT / name, self.course / name)
        for name in ("lmlib", "lmgrade", "benchmarks/results", "_build/notebooks/book"):
            (self.course / name).mkdir(parents=True)
        own = LOCAL.format(exchange=str(folder / "exchange"), cache=str(folder / "cache"))
        (self.student / "nbgrader_config.py").write_text(own)
        plugin = (
            f"from lmgrade.nbgrader import plugin\nplugin.install(c, sandbox={needs.sandbox()})"
        )
        local = "\n".join([own, *SETTINGS, plugin])
        (self.course / "nbgrader_config.local.py").write_text(local)
        kinds = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
        people = [
            f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        ]
        self.environment = {
            **os.environ,
            **dict.fromkeys(kinds, str(folder / "own")),
            **dict.fromkeys(people, "a@example.org"),
            "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
            "OMP_NUM_THREADS": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{folder}/.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://github.com/owner/",
        }
        for command in (
            "git init --quiet --bare ../course.git",
            "git init --quiet",
            "git add --all",
            "git commit --quiet --message All",
        ):
            self.run(command)

    def run(self, command: str) -> str:
        """Run a line of the guide, which has to end well; return what it said."""
        folder = self.student if command.startswith(STUDENTS) else self.course
        words = shlex.split(command)
        if words[0] in ("nbgrader", "lmgrade"):
            done = commands().run(folder, words, self.environment)
        else:
            words[0] = sys.executable if words[0] == "python" else words[0]
            done = subprocess.run(
                words, cwd=folder, env=self.environment, capture_output=True, text=True, check=False
            )
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{command}\n{said}"
        assert "Traceback" not in said, said
        return said

    # --- what happens in between ---------------------------------------------------------------

    def archive(self, work: dict[str, str]) -> None:
        """Somebody downloads the submissions from Canvas."""
        released = self.course / "exercises" / "dropout" / "dropout.ipynb"
        path = self.course / "downloaded" / "dropout" / "archive" / "submissions.zip"
        with zipfile.ZipFile(path, "w") as file:
            for name, code in work.items():
                file.writestr(f"{name}_dropout.ipynb", notebook(released, code))

    def hand_in(self, code: str) -> None:
        """The student of the exchange works in what was fetched."""
        path = self.student / "dropout" / "dropout.ipynb"
        path.write_text(notebook(path, code))

    def submitted(self, student: str) -> Path:
        return self.course / "submitted" / student / "dropout"

    def page(self, student: str) -> str:
        return (self.course / "feedback" / student / "dropout" / "dropout.html").read_text()

    def table(self, name: str) -> list[dict[str, str]]:
        with (self.course / name).open(newline="") as file:
            return list(csv.DictReader(file))

    def formgrader(self) -> None:
        """Grade Ada once more by the button, and give her points and a comment by hand."""
        with Gradebook(f"sqlite:///{self.course}/gradebook.db", "lm39") as gradebook:
            id = gradebook.find_submission_notebook("dropout", "dropout", "lovelaceada").id
        with jupyter.lab(self.course, self.folder / "own", self.environment) as url:
            page = self.browser.new_page()
            page.goto(f"{url}/lab?token={jupyter.TOKEN}")
            page.goto(f"{url}/formgrader/manage_submissions/dropout")
            row = page.locator("tr", has_text="Lovelace, Ada")
            row.locator(".autograde a").click(timeout=120_000)
            expect(page.get_by_text("Successfully autograded")).to_be_visible(timeout=120_000)
            # The page listens to its boxes only when it has fetched the grades.
            page.goto(f"{url}/formgrader/submissions/{id}/", wait_until="networkidle")
            for box, text in (("input.score", "1.5"), ("textarea.comment", "Which *branch*?")):
                found = page.locator(f"{box}[id^='double-rescaling']")
                found.fill(text)
                with page.expect_response(lambda answer: answer.request.method == "PUT"):
                    found.press("Tab")
            page.close()

    def another_test(self) -> None:
        path = self.course / "solutions" / "dropout.py"
        old = "check.grade.any_shape(Dropout)\n"
        path.write_text(path.read_text().replace(old, f"{old}assert Dropout(0.25).p == 0.25\n"))

    def another_version(self) -> None:
        """Marie hands in again, and somebody puts a notebook there by hand."""
        released = self.course / "exercises" / "dropout" / "dropout.ipynb"
        for student in ("curiemarie", "byhand"):
            self.submitted(student).mkdir(exist_ok=True, parents=True)
            (self.submitted(student) / "dropout.ipynb").write_text(notebook(released, RIGHT))
        assert "2 graded, 0 failed" in self.run("lmgrade autograde dropout")


def check_mirror(journey: Journey, said: str) -> None:
    public = journey.folder / "course-for-students"
    assert (public / "exercises" / "dropout" / "dropout.ipynb").is_file()
    assert not list(public.rglob("solutions"))
    assert not list(public.rglob("*local*"))
    assert "uncommitted" not in said
    (journey.course / "new.py").touch()
    assert "uncommitted changes" in journey.run("python scripts/public_mirror.py ../another")
    (journey.course / "new.py").unlink()


def check_notebooks(journey: Journey, said: str) -> None:
    files = journey.run("git -C ../course.git ls-tree -r --name-only notebooks").splitlines()
    assert {"exercises/dropout/dropout.ipynb", ".binder/postBuild", *PUBLISHED} <= set(files)
    assert not [name for name in files if name.startswith("solutions")]


def check_zip_collect(journey: Journey, said: str) -> None:
    folders = [path.parent.name for path in journey.course.glob("submitted/*/dropout")]
    assert len(folders) == len(WORK) + 1
    times = [path.parts[-3] for path in journey.course.glob("submitted/*/dropout/timestamp.txt")]
    assert len(times) == 2, "the one from the exchange, and the one that is late"
    late = journey.submitted("babbageben") / "timestamp.txt"
    assert late.read_text() == "2026-03-02 23:59:01"


def check_graded(journey: Journey, said: str) -> None:
    assert "12 graded, 0 failed" in said


def check_feedback(journey: Journey, said: str) -> None:
    assert "12 pages made, 0 unchanged" in said
    ada, ben, donald = map(journey.page, ("lovelaceada", "babbageben", "knuthdonald"))
    assert "1.5 of 2 points" in ada
    assert "Which <em>branch</em>?" in ada
    assert "not graded yet" not in ada
    assert "not graded yet" in ben
    assert "Handed in late" in ben
    assert "Test cell" not in ben
    assert ben.count('src="data:image/png;base64,') == 1
    assert "alert(1)" not in ben
    assert donald.split("<h1")[1].count("SyntaxError") <= 3  # the table, the cell, the first test


def check_zip(journey: Journey, said: str) -> None:
    assert "2 pages made, 11 unchanged" in said
    assert "send it yourself: byhand" in said.replace("root, ", "")
    with zipfile.ZipFile(journey.course / "feedback.zip") as archive:
        assert set(archive.namelist()) == {f"{name}_dropout.html" for name in NAMES}
        ada = archive.read("lovelaceada_4711_0811_dropout.html").decode()
    assert ada == journey.page("lovelaceada")


def check_fetched(journey: Journey, said: str) -> None:
    (page,) = journey.student.glob("dropout/feedback/*/dropout.html")
    assert "still become zero" in page.read_text(), "of the second version"


def check_report(journey: Journey, said: str) -> None:
    counts = {line.split()[2].strip(":"): line.split()[0] for line in said.splitlines()[1::2]}
    assert counts["dropout.not-rescaled"] == "3/13"
    assert counts["dropout.drops-in-eval"] == "3/13"
    assert counts["NameError"] == counts["SyntaxError"] == counts["dropout.not-written"] == "1/13"
    page = (journey.course / "symptoms.html").read_text()
    assert "By which number must the rest be multiplied?" in page
    assert "<svg" in page
    assert not re.search("|".join(["src=", *(name.split("_")[0] for name in WORK)]), page)
    messages = {(row["student"], row["message"]) for row in journey.table("symptoms.csv")}
    mine = [(who, text) for who, text in messages if "secret_of_grace" in text]
    assert [who for who, _ in mine] == ["hoppergrace"]


def check_canvas(journey: Journey, said: str) -> None:
    rows = {row["SIS Login ID"]: row for row in journey.table("canvas.csv")}
    assert rows["lovelaceada"]["ID"] == "4711"
    assert float(rows["lovelaceada"]["Dropout (81234)"]) == 19.5
    assert float(rows["curiemarie"]["Dropout (81234)"]) == 18
    assert float(rows["babbageben"]["Dropout (81234)"]) == pytest.approx(0.9 * 15)


def check_dropped(journey: Journey, said: str) -> None:
    journey.run("lmgrade autograde dropout")
    journey.run("lmgrade export dropout --to left.csv")
    students = {row["student_id"] for row in journey.table("left.csv")}
    assert "dijkstraedsger" not in students
    assert len(students) == 12


BEFORE = {
    "nbgrader submit dropout --course lm39": lambda j: j.hand_in(RIGHT),
    "nbgrader zip_collect dropout": lambda j: j.archive(WORK),
    "nbgrader collect dropout --update": lambda j: (
        j.hand_in(IN_EVALUATION),
        j.run("nbgrader submit dropout --course lm39"),
    ),
    "nbgrader zip_collect dropout --force": lambda j: j.archive(
        dict(zip(NAMES, WORK.values(), strict=True))
    ),
    "nbgrader db student import students.csv": lambda j: (j.course / "students.csv").write_text(
        TABLE
    ),
    "lmgrade autograde dropout --force": Journey.another_test,
    "lmgrade feedback dropout --zip feedback.zip": Journey.another_version,
}
AFTER = {
    "python scripts/public_mirror.py ../course-for-students": check_mirror,
    PUBLISH: check_notebooks,
    "nbgrader zip_collect dropout": check_zip_collect,
    "lmgrade autograde dropout": check_graded,
    "lmgrade autograde dropout --force": check_graded,
    "lmgrade feedback dropout": check_feedback,
    "lmgrade feedback dropout --zip feedback.zip": check_zip,
    "nbgrader fetch_feedback dropout --course lm39": check_fetched,
    REPORT: check_report,
    CANVAS: check_canvas,
    "mv submitted/dijkstraedsger dropped/": check_dropped,
}


@pytest.mark.needs("browser")
def test_every_command_of_the_guide_works_in_its_order(tmp_path: Path, browser: Browser) -> None:
    assert set(BEFORE) | set(AFTER) <= set(COMMANDS), "the guide no longer has one of them"
    journey = Journey(tmp_path, browser)
    for command in COMMANDS:
        if command in SETUP:
            continue
        if before := BEFORE.get(command):
            before(journey)
        if command == "jupyter lab":
            journey.formgrader()
            continue
        said = journey.run(command)
        if after := AFTER.get(command):
            after(journey, said)
