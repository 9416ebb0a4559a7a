"""The commands of the guide's page on larger courses, in its order, on real servers."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy.engine import make_url

from tests import needs
from tests.lmgrade.course import RIGHT, WRONG, grades, make, submit
from tests.lmgrade.dask import Dask, certificate, dask

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "book" / "larger-courses.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.M | re.S)
COMMANDS = [line for kind, text in FENCES if kind == "bash" for line in text.splitlines()]
SETTINGS, SLURM, KUBERNETES = (text for kind, text in FENCES if kind == "python")
HOST = "scheduler.example.edu:8786"
SBATCH = f"""\
#!{sys.executable}
import subprocess, sys
subprocess.Popen(["bash", sys.argv[-1]], start_new_session=True)
print("Submitted batch job 17")
"""


@pytest.fixture
def server() -> Iterator[sqlalchemy.URL]:
    """A server with the page's user."""
    url = make_url(needs.postgresql() or "")
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("CREATE ROLE grader LOGIN CREATEDB"))
        yield url
        connection.execute(sqlalchemy.text("DROP DATABASE IF EXISTS course WITH (FORCE)"))
        connection.execute(sqlalchemy.text("DROP ROLE grader"))
    engine.dispose()


def a_course(folder: Path) -> Path:
    course = make(folder)
    for number in range(4):
        submit(course, f"s{number}", RIGHT if number else WRONG)
    return course


class Reader:
    """Somebody who types the page's commands, on another course and other servers."""

    def __init__(self, course: Path, url: sqlalchemy.URL, safe: Dask) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.course = course
        self.other = {
            HOST: f"127.0.0.1:{safe.port}",
            "dropout": "toy",
            "grader@db.example.edu": f"grader@127.0.0.1:{url.port}",
            "db.example.edu": "127.0.0.1",
            "8786": str(port),
        }
        self.environment = {**os.environ, "PGPORT": str(url.port)}
        self.background: list[subprocess.Popen[bytes]] = []

    def run(self, command: str) -> None:
        for word, instead in self.other.items():
            command = command.replace(word, instead)
        words = shlex.split(command)
        if words[0] == "export":
            name, value = words[1].split("=")
            self.environment[name] = value
            return
        is_dask = words[0] == "dask"
        with (self.course / f"said{'-by-dask' * is_dask}.txt").open("ab") as said:
            options = {"cwd": self.course, "env": self.environment, "stdout": said, "stderr": said}
            process = subprocess.Popen(words, **options)  # type: ignore[call-overload]
        if is_dask:
            self.background.append(process)
        else:
            assert process.wait(300) == 0, (self.course / "said.txt").read_text()


@pytest.mark.needs("bubblewrap", "postgresql")
def test_every_command_of_the_page(tmp_path: Path, server: sqlalchemy.URL) -> None:
    course = a_course(tmp_path / "course")
    certificate(course, "ca.pem", "me-key.pem")
    shutil.copy(course / "ca.pem", course / "me.pem")
    files = ("--tls-ca-file", "ca.pem", "--tls-cert", "me.pem", "--tls-key", "me-key.pem")
    with dask(course, 1, files) as safe:
        reader = Reader(course, server, safe)
        for command in COMMANDS:
            if command.startswith("lmgrade autograde"):  # each time from the beginning
                for folder in (".lmgrade", "autograded"):
                    shutil.rmtree(course / folder, ignore_errors=True)
            if command.startswith("lmgrade db copy gradebook.db"):
                config = SETTINGS.replace("/srv/nbgrader", str(tmp_path))
                url = f"grader@127.0.0.1:{server.port}"
                config = config.replace("grader@db.example.edu", url).split("\n", 1)[1]
                with (course / "nbgrader_config.py").open("a") as file:
                    file.write(config)
            reader.run(command)
    for process in reversed(reader.background):
        process.terminate()
        process.wait()
    said = (course / "said.txt").read_text()
    assert said.count("4 graded, 0 failed") == sum("autograde" in c for c in COMMANDS) == 4
    assert "Traceback" not in said
    url = f"postgresql+psycopg://grader@127.0.0.1:{server.port}/course"
    before = f"sqlite:///{course}/before-the-exam.db"
    assert grades(course, url) == grades(course, before) == grades(course)


@pytest.mark.needs("bubblewrap")
def test_workers_that_slurm_starts(tmp_path: Path) -> None:
    """With commands in place of SLURM's that run a job at once, on this machine."""
    course = a_course(tmp_path / "course")
    for name, text in (("sbatch", SBATCH), ("scancel", "#!/bin/sh\n")):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    code = SLURM.replace("cores=4", "cores=1").replace("cores=64", "cores=1")
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    command = process.stdout.readline().replace("dropout", "toy").split()
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, check=False)
    process.communicate("\n")
    assert "4 graded, 0 failed" in done.stderr
    assert process.returncode == 0


def test_the_block_for_kubernetes_is_python() -> None:
    compile(KUBERNETES, "kubernetes", "exec")
