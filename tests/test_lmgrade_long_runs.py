"""What a long run must not do: lose its place when it is killed, or grow with every submission."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lmgrade import jobs
from lmgrade.assignment import load
from lmgrade.pool import Pool
from lmgrade.submission import from_code
from tests import needs
from tests.test_lmgrade_autograde import CONFIG, RIGHT, SOURCE, grades, run, solved

STUDENTS = [f"student{number}" for number in range(8)]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "toy.py").write_text(SOURCE)
    (tmp_path / "nbgrader_config.py").write_text(CONFIG.replace("SANDBOX", str(needs.sandbox())))
    for student in STUDENTS:
        folder = tmp_path / "submitted" / student / "toy"
        folder.mkdir(parents=True)
        slow = f"import time\ntime.sleep(0.3)\n{RIGHT}"
        (folder / "toy.ipynb").write_text(json.dumps(solved(slow)))
    return tmp_path


def children(pid: int) -> list[int]:
    """All processes below one."""
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(child) for child in below] + [p for c in below for p in children(int(c))]


def runs(pid: int) -> bool:
    """Whether a process has not ended; in a container, nobody may clear away one that has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_run_that_is_killed_goes_on_and_grades_each_exactly_once(course: Path) -> None:
    command = [sys.executable, "-m", "lmgrade.cli", "autograde", "toy", "--workers", "1"]
    killed = subprocess.Popen(command, cwd=course, stderr=subprocess.DEVNULL)
    while killed.poll() is None and len(list(course.glob("autograded/*/toy/toy.ipynb"))) < 2:
        time.sleep(0.02)
    left = children(killed.pid)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL  # it was not done yet
    done = run(course, "lmgrade.cli", "autograde", "toy")
    again = int(re.findall(r"(\d+) graded, 0 failed", done.stderr)[0])
    assert 0 < again < len(STUDENTS)
    assert grades(course) == {s: ({"test": 3, "why": None}, False, 2) for s in STUDENTS}
    for _ in range(3000):  # what it had started ends by itself
        if not any(map(runs, left)):
            break
        time.sleep(0.02)
    assert not any(map(runs, left))


def test_a_sandbox_that_is_killed_costs_nobody_a_grade(course: Path) -> None:
    command = [sys.executable, "-m", "lmgrade.cli", "autograde", "toy"]
    spoilt = subprocess.Popen(command, cwd=course, stderr=subprocess.PIPE, text=True)
    while spoilt.poll() is None and not list(course.glob("autograded/*/toy/toy.ipynb")):
        time.sleep(0.02)
    os.kill(children(spoilt.pid)[0], signal.SIGKILL)
    said = spoilt.communicate()[1]
    assert spoilt.returncode == 1, said
    assert "run the command again" in said
    assert {auto["test"] for auto, _, _ in grades(course).values()} == {3}
    run(course, "lmgrade.cli", "autograde", "toy")
    assert {
        student: auto["test"] for student, (auto, _, _) in grades(course).items()
    } == dict.fromkeys(STUDENTS, 3)


@pytest.mark.parametrize("times", [1, 2])
def test_a_checker_that_ends_is_replaced_once(
    times: int, course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy, receive, lost = load("toy", course), jobs.receive, [None] * times
    monkeypatch.setattr(jobs, "receive", lambda link: lost.pop() if lost else receive(link))
    work = [(n, toy, from_code(toy, RIGHT)) for n in range(3)]
    with Pool(workers=1, sandbox=needs.sandbox()) as pool:
        results = dict(pool.grade(work))
    assert results.keys() == {0, 1, 2}
    failed = [n for n, result in results.items() if result.failed]
    assert failed == [0] * (times - 1)
    assert {result.score for n, result in results.items() if n not in failed} == {3}


def held_by(pid: int) -> int:
    """Megabytes that a process and all below it hold, what they share counted once."""
    total = 0
    for each in [pid, *children(pid)]:
        with contextlib.suppress(OSError):  # gone already, or a worker, which nobody may look into
            rollup = Path(f"/proc/{each}/smaps_rollup").read_text()
            total += int(re.findall(r"^Pss: +(\d+) kB", rollup, re.M)[0])
    return total >> 10


def test_memory_does_not_grow_with_the_number_of_submissions(course: Path) -> None:
    toy = load("toy", course)
    submission = from_code(toy, f"kept = bytearray(8 << 20)\n{RIGHT}")
    held = []
    with Pool(workers=1, sandbox=needs.sandbox()) as pool:
        for number, result in pool.grade([(n, toy, submission) for n in range(61)]):
            assert result.score == 3
            held += [held_by(os.getpid())] * (number % 20 == 0)
    assert held[-1] - held[1] < 100  # keeping what students hold would take 320
