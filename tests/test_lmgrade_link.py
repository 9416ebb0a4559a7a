"""The checker counts only what the worker makes it wait for."""

import socket
import time
from collections.abc import Iterator

import pytest

from lmgrade import link
from lmgrade.limits import Limits
from lmgrade.link import Link, WorkerLost
from lmgrade.wire import WireError


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Link, socket.socket]]:
    """A link that was last looked at a minute ago, to a worker that sleeps."""
    monkeypatch.setattr(link, "tree_of", lambda pid: [])
    monkeypatch.setattr(link, "cpu_seconds", lambda tree: 0.0)
    monkeypatch.setattr(link, "is_waiting", lambda tree: True)
    monkeypatch.setattr(link, "resident_bytes", lambda tree: 0)
    made = Link.__new__(Link)
    made.limits, made.lost, made.interrupted = Limits(blocked=1000, waits=30), None, None
    made.socket, theirs = socket.socketpair()
    made.worker = 0
    made.used = made.waited = made._waited_before = 0.0
    made._allowed, made._deadline = 10.0, time.monotonic() + 1000
    made._weighed = made._common = made._compared = 0
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
