"""Grade many submissions at once; the work itself is done by `lmgrade.server`."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from types import TracebackType
from typing import Any

from lmgrade import jobs
from lmgrade.assignment import Assignment
from lmgrade.result import Result, result_from
from lmgrade.sandbox import Limits, SandboxError
from lmgrade.submission import Submission


def default_workers() -> int:
    """As many as this process may use cores."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pool:
    """A context manager that holds the warm process; `grade` may be called repeatedly."""

    def __init__(
        self,
        workers: int | None = None,
        sandbox: bool = True,
        limits: Limits | None = None,
        preload: Iterable[str] = (),
    ) -> None:
        self.workers = workers or default_workers()
        self._options = {
            "workers": self.workers,
            "sandbox": sandbox,
            "limits": asdict(limits or Limits()),
            "preload": list(preload),
        }
        self._next = 0

    def __enter__(self) -> "Pool":
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "lmgrade.server", json.dumps(self._options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self._ready = False
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        if kind is not None:
            self._process.terminate()
        self._process.stdout.close()
        self._process.wait()

    def grade(
        self, work: Iterable[tuple[Any, Assignment, Submission]]
    ) -> Iterator[tuple[Any, Result]]:
        """Yield `(key, result)` as results come in; `work` is read as it is needed."""
        keys: dict[int, Any] = {}
        for key, assignment, submission in work:
            self._next += 1
            keys[self._next] = key
            self._send(jobs.job(self._next, assignment, submission))
            if len(keys) > self.workers + 1:
                yield self._receive(keys)
        while keys:
            yield self._receive(keys)

    def _send(self, job: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            jobs.write_line(self._process.stdin.fileno(), job)
        except BrokenPipeError:
            self._line()  # the warm process has said why
            raise

    def _receive(self, keys: dict[int, Any]) -> tuple[Any, Result]:
        answer = self._line()
        return keys.pop(answer["id"]), result_from(answer["result"])

    def wait(self) -> None:
        """Wait until everything is warm; raise `SandboxError` where there can be no sandbox."""
        if not self._ready:
            answer = self._read()
            if "refused" in answer:
                raise SandboxError(answer["refused"])
            self._ready = True

    def _line(self) -> Any:
        self.wait()
        return self._read()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SandboxError("the grading process ended; see the messages above")
        return json.loads(line)
