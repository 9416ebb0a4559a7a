"""Grade many submissions at once; the work is done by forks of `lmgrade.warm`."""

import contextlib
import selectors
import socket
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from lmgrade import jobs
from lmgrade.assignment import Assignment
from lmgrade.limits import Limits
from lmgrade.machine import cores
from lmgrade.result import Result, failed, result_from
from lmgrade.sandbox import Sandbox
from lmgrade.submission import Submission

JOBS = 50  # jobs of one checker, so that whatever it may leak stays little
Work = Iterable[tuple[Any, Assignment, Submission]]


class Pool:
    """A context manager that holds the warm process; `grade` may be called repeatedly.

    It refuses to work where students' code could read one of the `private` files or folders.
    """

    def __init__(
        self,
        workers: int | None = None,
        sandbox: bool = True,
        limits: Limits | None = None,
        preload: Iterable[str] = (),
        private: Iterable[Path] = (),
    ) -> None:
        self.workers = workers or cores()
        options = {"limits": asdict(limits or Limits()), "preload": list(preload)}
        self._sandbox = Sandbox(options, isolate=sandbox, private=private)

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
        idle: list[_Checker] = []
        with selectors.DefaultSelector() as busy:
            try:
                for key, assignment, submission in work:
                    checker = idle.pop() if idle else _Checker(self._sandbox)
                    checker.begin(key, assignment, submission)
                    busy.register(checker.link, selectors.EVENT_READ, checker)
                    while len(busy.get_map()) >= self.workers:
                        yield from self._finished(busy, idle)
                while busy.get_map():
                    yield from self._finished(busy, idle)
            finally:
                for checker in [*idle, *(key.data for key in busy.get_map().values())]:
                    checker.link.close()

    def _finished(
        self, busy: selectors.BaseSelector, idle: list["_Checker"]
    ) -> Iterator[tuple[Any, Result]]:
        for key, _ in busy.select():
            checker: _Checker = key.data
            busy.unregister(checker.link)
            result = checker.end()
            # Whoever met trouble ends here, so that whatever it may have done meets nobody else.
            if checker.jobs_done < JOBS and not result.flags:
                idle.append(checker)
            else:
                checker.link.close()
            if result.failed and not checker.is_second:  # want of memory, for one, may be over
                checker = checker.once_more()
                busy.register(checker.link, selectors.EVENT_READ, checker)
            else:
                yield checker.key, result


class _Checker:
    """The command line's end of a checker."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.link, theirs = socket.socketpair()
        with theirs:
            sandbox.request(b"check", theirs)
        self._sandbox = sandbox
        self.jobs_done = 0

    def begin(
        self, key: Any, assignment: Assignment, submission: Submission, is_second: bool = False
    ) -> None:
        self.key, self.assignment, self.submission = key, assignment, submission
        self.is_second = is_second
        self.jobs_done += 1
        with contextlib.suppress(OSError):  # if it is gone, `end` will tell
            jobs.send(self.link, jobs.job(assignment, submission))

    def once_more(self) -> "_Checker":
        """Another checker with the same job."""
        other = _Checker(self._sandbox)
        other.begin(self.key, self.assignment, self.submission, is_second=True)
        return other

    def end(self) -> Result:
        """What the checker found out, or that it ended without a word."""
        try:
            answer = jobs.receive(self.link)
        except OSError:
            answer = None
        if answer is None:
            return failed(self.assignment, "the checker ended without a result")
        return result_from(answer)
