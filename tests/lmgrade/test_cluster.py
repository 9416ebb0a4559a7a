"""`lmgrade autograde --scheduler`: who grades, what a worker gets to see, and what is refused."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lmgrade.grading import protocol
from lmgrade.grading.run import job
from lmgrade.nbgrader.autograde import Solution
from lmgrade.nbgrader.plugin import source_notebook
from tests.lmgrade.course import RIGHT, WRONG, autograde, grades, make, start, submit
from tests.lmgrade.dask import TLS, Dask, certificate, dask

pytestmark = pytest.mark.needs("bubblewrap")
LOOK = """\
import os
found = [name for name in {names!r} if os.path.exists(name)]
assert not found, found
"""
READ = "def area(r):\n    return float(open('pi.txt').read()) * r * r"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    with dask(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


def a_course(folder: Path) -> Path:
    course = make(folder)
    submit(course, "ada", RIGHT)
    submit(course, "ben", WRONG)
    return course


def test_the_grades_are_the_same(tmp_path: Path, cluster: Dask) -> None:
    course = a_course(tmp_path / "here")
    (course / "solutions" / "toy").mkdir()
    (course / "solutions" / "toy" / "pi.txt").write_text("3.14159265")
    submit(course, "cleo", READ)
    submit(course, "dan", "1 / 0")
    (submit(course, "eve") / "toy.ipynb").write_text("no notebook")
    other = shutil.copytree(course, tmp_path / "there")
    said = autograde(course, code=1)
    assert autograde(other, "--scheduler", cluster.address, code=1) == said
    assert "4 graded, 1 with nothing to run" not in said
    assert grades(other) == grades(course)
    assert grades(other)["cleo"][0]["test"] == 3
    assert "Nothing to do" in autograde(other, "--scheduler", cluster.address)


def test_a_worker_gets_the_tests_and_one_submission(tmp_path: Path, cluster: Dask) -> None:
    """All that is sent, and what a student's code finds over there."""
    course = a_course(tmp_path / "course")
    solution = Solution("toy", source_notebook(course / "solutions" / "toy.py").cells, tmp_path)
    sent = protocol.pack(job(solution.assignment.exam, solution.submission))
    own = protocol.pack(job(solution.assignment.exam, type(solution.submission)([])))
    assert b"math.pi * r * r" in sent, "as it is in the solution's own turn, which stays here"
    assert b"math.pi * r * r" not in own
    assert b"area(2) is wrong" in own
    names = [str(course), str(cluster.folder), str(Path(__file__).parents[2] / "solutions")]
    submit(course, "mallory", f"{LOOK.format(names=names)}{RIGHT}")
    autograde(course, "--scheduler", cluster.address)
    assert grades(course)["mallory"][0]["test"] == 3


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("tcp://127.0.0.1:1", "no Dask scheduler can be used at tcp://127.0.0.1:1"),
        ("127.0.0.1", "no address of a Dask scheduler: it looks like tcp://HOST:PORT"),
        ("tls://127.0.0.1:1", "Dask's own configuration names no certificates"),
    ],
)
def test_a_scheduler_that_is_not_there(address: str, said: str, tmp_path: Path) -> None:
    course = a_course(tmp_path)
    autograde(course, "--student", "ada")
    told = autograde(course, "--scheduler", address, code=1)
    assert said in told
    assert told.count("\n") == 1
    assert grades(course).keys() == {"ada"}, "what is graded stays"
    done = start(course, "lmgrade", "autograde", "toy", "--scheduler", address, "--no-sandbox")
    assert done.returncode == 2
    assert "always use a sandbox" in done.stderr


def test_a_scheduler_in_the_configuration(tmp_path: Path, cluster: Dask) -> None:
    """nbgrader's own command uses it; `--workers` grades here all the same."""
    course = a_course(tmp_path)
    config = course / "nbgrader_config.py"
    before = config.read_text()
    config.write_text(f"{before}plugin.install(c, scheduler='tcp://127.0.0.1:1')\n")
    assert "no Dask scheduler can be used" in start(course, "nbgrader", "autograde", "toy").stderr
    assert "1 graded" in autograde(course, "--student", "ada", "--workers", "1")
    config.write_text(f"{before}plugin.install(c, scheduler={cluster.address!r})\n")
    assert "1 graded, 0 failed" in start(course, "nbgrader", "autograde", "toy").stderr
    assert grades(course).keys() == {"ada", "ben"}


def other_version(folder: Path) -> dict[str, str]:
    """A worker's environment with another lmgrade."""
    root = Path(__file__).parents[2]
    for package in ("lmgrade", "lmlib"):
        shutil.copytree(root / package, folder / "other" / package)
    with (folder / "other" / "lmgrade" / "score.py").open("a") as file:
        file.write("# changed\n")
    return {"PYTHONPATH": str(folder / "other")}


def without_bubblewrap(folder: Path) -> dict[str, str]:
    return {"PATH": str(folder)}


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        (other_version, "its lmgrade and lmlib"),
        (without_bubblewrap, "no bubblewrap on this machine"),
    ],
)
def test_a_worker_that_cannot_grade_refuses(environment, said: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Alone it stops the run; beside another one it is passed over."""
    course = a_course(tmp_path / "course")
    with dask(tmp_path / "dask", workers=0) as cluster:
        cluster.add_worker(**environment(tmp_path))
        told = autograde(course, "--scheduler", cluster.address, code=1)
        assert "no worker can grade" in told
        assert said in told
        assert grades(course) == {}
        cluster.add_worker()
        told = autograde(course, "--scheduler", cluster.address)
    assert "2 graded, 0 failed" in told
    assert grades(course)["ada"][0]["test"] == 3


def test_tls_by_dasks_own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    course, folder = a_course(tmp_path / "course"), tmp_path / "dask"
    folder.mkdir()
    certificate(folder)
    settings = {"CA_FILE": "cert.pem", "CLIENT__CERT": "cert.pem", "CLIENT__KEY": "key.pem"}
    for name, file in settings.items():
        monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TLS__{name}", str(folder / file))
    with dask(folder, 1, TLS) as cluster:
        assert "2 graded, 0 failed" in autograde(course, "--scheduler", cluster.address)
    assert grades(course)["ada"][0]["test"] == 3
