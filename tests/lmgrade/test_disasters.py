"""One grade a submission, whatever dies meanwhile: the same as those of a plain run here.

`LM39_SUBMISSIONS` sets how many there are; `make bench-scale` takes 2,000.
"""

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from nbgrader.api import Gradebook

from tests import jupyter
from tests.lmgrade.course import RIGHT, WRONG, autograde, make, submit, use
from tests.lmgrade.dask import Dask, dask, kill, wait_for

N = int(os.environ.get("LM39_SUBMISSIONS", "200"))
SLOWLY = "import time\ntime.sleep(0.03)\n"
CODES = (RIGHT, WRONG, f"{SLOWLY}{RIGHT}", "def area(r):\n    raise ValueError(r)", "1 / 0")
SPACE = 40 << 20  # bytes of the disk that fills up
pytestmark = pytest.mark.needs("bubblewrap")
Grades = list[tuple[str, float, bool]]


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    course = make(tmp_path_factory.mktemp("scale") / "course")
    for number, code in zip(range(N), itertools.cycle(CODES)):
        submit(course, f"s{number:04}", code, time="2026-03-01 10:00:00 UTC")
    return course


@pytest.fixture(scope="module")
def plain(submissions: Path) -> Grades:
    """The grades of a plain run."""
    course = shutil.copytree(submissions, submissions.with_name("plain"))
    assert f"{N} graded, 0 failed" in autograde(course)
    found = grades(course)
    assert len(found) == N
    assert {points for _, points, _ in found} == {0, 3}
    return found


@pytest.fixture
def course(submissions: Path, tmp_path: Path) -> Path:
    return shutil.copytree(submissions, tmp_path / "course")


def grades(course: Path, url: str | None = None, name: str = "toy") -> Grades:
    """Of each entry of the gradebook, were there two of one student: points, whether flagged."""
    with Gradebook(url or f"sqlite:///{course}/gradebook.db", "toy") as gradebook:
        entries = gradebook.assignment_submissions(name)
        return sorted((e.student_id, e.score, e.notebooks[0].flagged) for e in entries)


def begin(course: Path, *options: str, name: str = "toy") -> subprocess.Popen[bytes]:
    with (course / "said.txt").open("ab") as said:
        command = [sys.executable, "-m", "lmgrade.cli", "autograde", name, *options]
        return subprocess.Popen(command, cwd=course, stderr=said)


def under_way(course: Path) -> bool:
    """Whether some are recorded, and others are not."""
    return len(list(course.glob("autograded/*/toy/toy.ipynb"))) >= N // 10


@contextlib.contextmanager
def on_a_cluster(course: Path) -> Iterator[tuple[Dask, subprocess.Popen[bytes]]]:
    """A run on two workers that is under way."""
    with dask(course.parent) as cluster:
        run = begin(course, "--scheduler", cluster.address)
        try:
            wait_for(lambda: under_way(course) or run.poll() is not None)
            assert run.returncode in (None, 0), (course / "said.txt").read_text()
            yield cluster, run
        finally:
            kill(run)


def test_a_worker_that_is_killed_in_a_submission(course: Path, plain: Grades) -> None:
    with on_a_cluster(course) as (cluster, run):
        kill(wait_for(cluster.busy)[0])
        assert run.wait(300) == 0
    assert grades(course) == plain


def test_a_scheduler_that_is_lost(course: Path, plain: Grades) -> None:
    with on_a_cluster(course) as (cluster, run):
        kill(cluster.scheduler)
        assert run.wait(300) == 1
        said = (course / "said.txt").read_text()
        assert f"the scheduler {cluster.address} is gone" in said
        assert "the same command goes on" in said
        assert "Traceback" not in said
        before = grades(course)
        assert N // 10 <= len(before) < N
        cluster.restart(2)
        said = autograde(course, "--scheduler", cluster.address)
        assert f"{N - len(before)} graded, 0 failed" in said
    assert grades(course) == plain


def test_a_scheduler_that_comes_back_at_once(course: Path, plain: Grades) -> None:
    """With workers: Dask's own end with it."""
    with on_a_cluster(course) as (cluster, run):
        kill(cluster.scheduler)
        cluster.restart(1)
        assert run.wait(300) == 0
    assert grades(course) == plain


def test_a_coordinator_that_is_killed(course: Path, plain: Grades) -> None:
    with on_a_cluster(course) as (cluster, run):
        kill(run)
        autograde(course, "--scheduler", cluster.address)
    assert grades(course) == plain


@pytest.mark.needs("postgresql")
def test_a_database_that_drops_its_connections(course: Path, plain: Grades, database: str) -> None:
    use(course, database)
    server = sqlalchemy.create_engine(database, isolation_level="AUTOCOMMIT")
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
    drop += "current_database() AND pid <> pg_backend_pid()"
    run = begin(course)
    wait_for(lambda: under_way(course))
    dropped = 0
    while run.poll() is None:
        with server.connect() as connection:
            dropped += len(connection.execute(sqlalchemy.text(drop)).all())
        time.sleep(0.5)
    server.dispose()
    assert run.wait() == 0
    assert dropped > 1
    assert grades(course, database) == plain


FILLED = """\
import os, subprocess, sys, shutil
from pathlib import Path
os.chdir(shutil.copytree({course!r}, "/small/course"))
run = [sys.executable, "-m", "lmgrade.cli", "autograde", "toy", "--no-sandbox"]
room = os.statvfs("/small")
filler = Path("/small/filler")
filler.write_bytes(bytes(room.f_bavail * room.f_frsize - {left}))
done = subprocess.run(run, stderr=subprocess.PIPE, text=True)
print(done.returncode, done.stderr)
filler.unlink()
sys.exit(subprocess.run(run).returncode or shutil.copy("gradebook.db", {kept!r}) is None)
"""


def test_a_disk_that_is_full(course: Path, plain: Grades) -> None:
    """On a small disk of its own: most of it is taken, and then given back."""
    kept = course.parent / "kept.db"
    code = FILLED.format(course=str(course), kept=str(kept), left=N * 3000)
    room = ["--size", str(SPACE * max(1, N // 200)), "--tmpfs", "/small"]
    outside = ["bwrap", "--bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc", *room]
    done = subprocess.run(
        [*outside, sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1 "), "the full disk ends the first run"
    assert "the same command goes on" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stdout.count("\n") < 10, "one message, not one for each"
    assert grades(course, f"sqlite:///{kept}") == plain


@contextlib.contextmanager
def formgrader(course: Path) -> Iterator[Callable[[str], Any]]:
    """A Formgrader on the course, and how to ask it."""
    own = course.parent / "own"
    own.mkdir()
    with jupyter.lab(course, own) as url:

        def ask(path: str) -> Any:
            address = f"{url}/formgrader/api/{path}?token={jupyter.TOKEN}"
            with urllib.request.urlopen(address) as answer:
                return json.load(answer)

        yield ask


@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))]
)
def test_two_instructors_while_formgrader_is_open(
    kind: str, course: Path, plain: Grades, request: pytest.FixtureRequest
) -> None:
    url = None
    if kind == "postgresql":
        url = request.getfixturevalue("database")
        use(course, url)
    shutil.copy(course / "solutions" / "toy.py", course / "solutions" / "other.py")
    for folder in (course / "submitted").iterdir():
        other = shutil.copytree(folder / "toy", folder / "other")
        (other / "toy.ipynb").rename(other / "other.ipynb")
    with formgrader(course) as ask:
        runs = [begin(course, name=name) for name in ("toy", "other")]
        asked = 0
        while any(run.poll() is None for run in runs):
            for path in ("assignments", "submissions/toy", "students"):
                with contextlib.suppress(urllib.error.HTTPError):
                    ask(path)
                    asked += 1
            time.sleep(0.05)
        assert [run.wait() for run in runs] == [0, 0], (course / "said.txt").read_text()
        assert asked
        assert len(ask("students")) == N
    assert "locked" not in (course / "said.txt").read_text()
    assert grades(course, url) == grades(course, url, "other") == plain
