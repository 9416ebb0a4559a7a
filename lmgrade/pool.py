"""Grade many submissions at once; the work is done by forks of `lmgrade.warm`."""

import json
import selectors
import socket
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from types import TracebackType
from typing import Any

from lmgrade import jobs
from lmgrade.assignment import Assignment
from lmgrade.limits import Limits
from lmgrade.machine import cores
from lmgrade.result import Result, result_from, zero
from lmgrade.sandbox import Sandbox
from lmgrade.submission import Submission

Work = Iterable[tuple[Any, Assignment, Submission]]


class Pool:
    """A context manager that holds the warm process; `grade` may be called repeatedly."""

    def __init__(
        self,
        workers: int | None = None,
        sandbox: bool = True,
        limits: Limits | None = None,
        preload: Iterable[str] = (),
    ) -> None:
        self.workers = workers or cores()
        options = {"limits": asdict(limits or Limits()), "preload": list(preload)}
        self._sandbox = Sandbox(options, isolate=sandbox)

    def __enter__(self) -> "Pool":
        self._sandbox.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._sandbox.close()

    def wait(self) -> None:
        """Wait until everything is warm; raise `SandboxError` where there can be no sandbox."""
        self._sandbox.wait()

    def grade(self, work: Work) -> Iterator[tuple[Any, Result]]:
        """Yield `(key, result)` as results come in; `work` is read as it is needed."""
        self.wait()
        running: dict[socket.socket, _Running] = {}
        with selectors.DefaultSelector() as selector:
            try:
                for key, assignment, submission in work:
                    link = self._begin(assignment, submission)
                    running[link] = _Running(key, assignment)
                    selector.register(link, selectors.EVENT_READ)
                    while len(running) >= self.workers:
                        yield from _read(selector, running)
                while running:
                    yield from _read(selector, running)
            finally:
                for link in running:
                    link.close()

    def _begin(self, assignment: Assignment, submission: Submission) -> socket.socket:
        link, theirs = socket.socketpair()
        self._sandbox.request(b"check", theirs)
        theirs.close()
        jobs.send(link, jobs.job(assignment, submission))
        return link


class _Running:
    """A checker at work and what it has written so far."""

    def __init__(self, key: Any, assignment: Assignment) -> None:
        self.key, self.assignment, self.data = key, assignment, bytearray()

    def result(self) -> Result:
        if not self.data:
            error = "the checker ended without a result; please grade this submission by hand"
            return zero(self.assignment, error)
        return result_from(json.loads(self.data))


def _read(
    selector: selectors.BaseSelector, running: dict[socket.socket, _Running]
) -> Iterator[tuple[Any, Result]]:
    for key, _ in selector.select():
        link: Any = key.fileobj
        try:
            chunk = link.recv(1 << 18)
        except ConnectionError:  # it died before it had read its job
            chunk = b""
        running[link].data += chunk
        if not chunk:
            selector.unregister(link)
            link.close()
            done = running.pop(link)
            yield done.key, done.result()
