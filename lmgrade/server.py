"""The trusted warm process: forks a checker for every submission and reports what it found.

One JSON line in is a job, one JSON line out its result. It imports PyTorch and the checks once,
runs nothing in parallel itself, and so can be forked safely.
"""

import contextlib
import importlib
import json
import os
import resource
import selectors
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from typing import Any, NoReturn

import torch
import torch._dynamo  # noqa: F401  (an optimizer in a check would import it in every fork)

import lmlib.checks
import lmlib.checks.remote  # noqa: F401
from lmgrade import engine, jobs
from lmgrade.result import zero
from lmgrade.sandbox import Limits, SandboxError, Zygote

GRACE = 120.0  # seconds beyond a submission's own limit before its checker is given up
MEMORY = 8 << 30


@dataclass
class Checker:
    """A forked checker and what it has written so far."""

    pid: int
    job: Any
    started: float
    data: bytes = b""


class Server:
    """At most `workers` checkers at a time."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.limits = Limits(**options["limits"])
        self.workers = options["workers"]
        preload = ["lmlib.checks", "lmlib.checks.remote", *options["preload"]]
        self.zygote = Zygote(options["sandbox"], preload)
        torch.set_num_threads(1)
        for name in preload:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
        self.zygote.wait()
        self.running: dict[int, Checker] = {}
        self.selector = selectors.DefaultSelector()

    def serve(self) -> None:
        """Serve until the input ends and the last result is out."""
        lines = jobs.LineReader(0)
        listening = False
        while True:
            if not listening and not lines.ended and len(self.running) < self.workers:
                self.selector.register(0, selectors.EVENT_READ)
                listening = True
            if lines.ended and not lines.pending and not self.running:
                return
            for key, _ in self.selector.select(timeout=1.0):
                if key.fd == 0:
                    lines.read()
                else:
                    self._read(key.fd)
            while lines.pending and len(self.running) < self.workers:
                self._start(json.loads(lines.pending.popleft()))
            if listening and (lines.ended or len(self.running) >= self.workers):
                self.selector.unregister(0)
                listening = False
            self._end_overdue()

    def _start(self, job: Any) -> None:
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            _check(job, self.zygote, self.limits, write)
        os.close(write)
        self.running[read] = Checker(pid, job, time.monotonic())
        self.selector.register(read, selectors.EVENT_READ)

    def _read(self, fd: int) -> None:
        checker = self.running[fd]
        chunk = os.read(fd, 1 << 16)
        checker.data += chunk
        if chunk:
            return
        self.selector.unregister(fd)
        os.close(fd)
        del self.running[fd]
        os.waitpid(checker.pid, 0)
        jobs.write_line(1, {"id": checker.job["id"], "result": self._result(checker)})

    def _result(self, checker: Checker) -> Any:
        try:
            return json.loads(checker.data)
        except ValueError:
            error = "the checker ended without a result; please grade this submission by hand"
            return zero(jobs.read_assignment(checker.job["assignment"]), error).to_dict()

    def _end_overdue(self) -> None:
        now = time.monotonic()
        for checker in self.running.values():
            if now - checker.started > self.limits.wall + GRACE:
                os.kill(checker.pid, signal.SIGKILL)


def _check(job: Any, zygote: Zygote, limits: Limits, write: int) -> NoReturn:
    """The life of a forked checker."""
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(0, 1)
        _limit_self(limits)
        assignment = jobs.read_assignment(job["assignment"])
        submission = jobs.read_submission(job["submission"])
        try:
            result = engine.grade(assignment, submission, zygote.control, limits)
        except Exception as error:
            traceback.print_exc()
            text = f"the grader itself failed ({type(error).__name__}: {error}); grade by hand"
            result = zero(assignment, text)
        jobs.write_line(write, result.to_dict())
        code = 0
    finally:
        os._exit(code)


def _limit_self(limits: Limits) -> None:
    """A checker computes on what a worker sent; it is trusted but need not be unbounded."""
    cpu = int(2 * limits.total_cpu + 120)
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu))
    size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, size + MEMORY))


def main() -> int:
    """Serve jobs on standard input; the options are the one argument."""
    try:
        server = Server(json.loads(sys.argv[1]))
    except SandboxError as error:
        jobs.write_line(1, {"refused": str(error)})
        return 3
    jobs.write_line(1, {"ready": server.zygote.mode})
    try:
        server.serve()
    finally:
        server.zygote.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
