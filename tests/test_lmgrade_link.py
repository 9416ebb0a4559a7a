"""The checker counts only what the worker makes it wait for."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from lmgrade import link
from lmgrade.limits import Limits
from lmgrade.link import Link, WorkerLost
from lmgrade.watch import is_waiting, tree_of, work_of_others
from lmgrade.wire import WireError


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Link, socket.socket]]:
    """A link that was last looked at a minute ago, to a worker that sleeps."""
    monkeypatch.setattr(link, "tree_of", lambda pid: [pid])
    monkeypatch.setattr(link, "cpu_seconds", lambda tree: 0.0)
    monkeypatch.setattr(link, "is_waiting", lambda tree: True)
    monkeypatch.setattr(link, "resident_bytes", lambda tree: 0)
    made = Link.__new__(Link)
    made.limits, made.lost, made.interrupted = Limits(blocked=1000, waits=30), None, None
    made.socket, theirs = socket.socketpair()
    made.worker = 0
    made.used = made.waited = 0.0
    made._allowed, made._deadline = 10.0, time.monotonic() + 1000
    made._looked = made._idle_since = time.monotonic() - 60
    made._idle_cpu = -1.0
    yield made, theirs
    made.close()
    theirs.close()


def test_a_worker_that_sleeps_without_an_answer_is_waited_for(
    pair: tuple[Link, socket.socket],
) -> None:
    with pytest.raises(WorkerLost, match="waited for more than 30 s"):
        pair[0]._glance()


def test_a_worker_that_has_answered_is_not_to_blame(pair: tuple[Link, socket.socket]) -> None:
    """On a busy machine the checker may come late to an answer that is long there."""
    pair[1].send(b"x")
    pair[0]._glance()
    assert pair[0].waited == 0
    assert pair[0].socket.recv(9) == b"x"


def test_nor_is_one_that_nobody_has_asked(pair: tuple[Link, socket.socket]) -> None:
    pair[0].check_budget()
    assert pair[0].waited < 1


def test_one_that_speaks_but_does_not_listen_is_given_up(
    pair: tuple[Link, socket.socket],
) -> None:
    pair[0].socket.setblocking(False)
    pair[1].send(b"x")
    with pytest.raises(WireError, match="before the question"):
        pair[0]._send(bytes(8 << 20))


class Parent:
    """A process that does what it is told; its children end with it."""

    LOOP = """
import subprocess, sys, time
for line in sys.stdin:
    exec(line)
    print(flush=True)
"""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", self.LOOP],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def do(self, code: str) -> None:
        assert self.process.stdin
        assert self.process.stdout
        print(code, file=self.process.stdin, flush=True)
        assert self.process.stdout.readline() == "\n"

    def others(self) -> list[str]:
        return work_of_others(self.process.pid)

    def end(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def parent() -> Iterator[Parent]:
    made = Parent()
    yield made
    made.end()


def test_what_other_processes_do_shows(parent: Parent) -> None:
    parent.do("sleeper = subprocess.Popen(['sleep', '1000'])")
    while not is_waiting(tree_of(parent.process.pid)):
        time.sleep(0.01)
    before = parent.others()
    assert len(before) > 1, "a process that sleeps is seen"
    assert parent.others() == before, "and does nothing"
    parent.do("subprocess.run(['true'], check=True)")
    assert parent.others() != before, "one that has come and gone"
    before = parent.others()
    parent.do("busy = subprocess.Popen([sys.executable, '-c', 'while True: pass'])")
    assert parent.others() != before, "a new one"
    before = parent.others()
    assert parent.others() != before, "one that is busy"


def test_it_shows_behind_a_thousand_that_have_ended(parent: Parent) -> None:
    """The kernel lists children a page at a time, the last one last."""
    parent.do("ended = [subprocess.Popen(['true']) for _ in range(1000)]")
    before = parent.others()
    parent.do("sleeper = subprocess.Popen(['sleep', '1000'])")
    assert parent.others()[len(before) :], "a new one"
