"""Grade many submissions at once, each in a sandbox of its own."""

import contextlib
import itertools
import json
import math
import os
import selectors
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from lmgrade.grading import run
from lmgrade.grading.limits import Limits
from lmgrade.grading.protocol import receive, send
from lmgrade.grading.result import Result, failed, result_from, zero
from lmgrade.notebook.assignment import Exam
from lmgrade.notebook.submission import Submission
from lmgrade.sandbox import ADVICE, SandboxError, bwrap, seccomp

# Without a garbage collector at first: it would take a tenth of the time that imports take.
START = """import gc; gc.disable()
from lmgrade.grading import run, worker
from lmgrade.sandbox import forkserver
forkserver.main(run.check_job, worker.serve)
"""
WARM_UP = 5.0  # seconds; another lane pays only where grading takes longer than its start
PATIENCE = 5.0  # seconds that an idle fork server may take to end
INTERVAL = 0.5  # seconds between looks at what the lanes use
GRACE = 120  # seconds beyond a submission's own limit before its lane is given up
# Where root starts a lane, it gets a user of its own: a limit on processes counts those of a user.
FIRST_USER, USERS, NUMBERS = 200_000, 1_000_000, itertools.count()
UNSEEN = shutil.ignore_patterns("*.ipynb", ".*", "__pycache__")  # of what lies beside a notebook
Jobs = Iterable[tuple[Any, Exam, Submission]]


@dataclass(frozen=True)
class Task:
    """A submission to grade, and whether a first try came to nothing."""

    key: Any
    exam: Exam
    submission: Submission
    is_second: bool = False


class Pool:
    """A context manager that holds the lanes; `grade` may be called repeatedly.

    It refuses to work where students' code could read one of the `private` files or folders.
    `files` is a folder with what a notebook reads; notebooks in it stay outside.
    """

    def __init__(
        self,
        workers: int | None = None,
        sandbox: bool = True,
        limits: Limits | None = None,
        preload: Iterable[str] = (),
        private: Iterable[Path] = (),
        files: Path | None = None,
    ) -> None:
        if not sys.platform.startswith("linux"):
            raise SandboxError(f"lmgrade needs Linux, in a sandbox or not; this is {sys.platform}.")
        if sandbox:
            bwrap.expect_isolation(private)
            seccomp.open_program().close()
        self.workers = workers or len(os.sched_getaffinity(0))
        self.sandbox, self.files = sandbox, files
        self.limits, self.preload = limits or Limits(), list(preload)
        self._lanes: list[Lane] = []

    def __enter__(self) -> "Pool":
        with contextlib.ExitStack() as held:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="lmgrade-")))
            self._files = folder / "files"
            if self.files:
                shutil.copytree(self.files, self._files, ignore=UNSEEN)
            self._files.mkdir(exist_ok=True)
            for path in (self._files, *self._files.rglob("*")):  # whatever user a lane gets
                path.chmod(0o755 if path.is_dir() else 0o644)
            held.callback(self._close, self._lanes)
            self._add_lane()
            self._stopped = threading.Event()
            watch = threading.Thread(target=self._watch, daemon=True)
            watch.start()
            held.callback(watch.join)
            held.callback(self._stopped.set)
            self._held = held.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def grade(self, work: Jobs, total: float = math.inf) -> Iterator[tuple[Any, Result]]:
        """Yield `(key, result)` as results come in; `work` is read as it is needed.

        `total` is how many there are, where that is known: for few, no second lane gets ready.
        """
        coming, again = (Task(*each) for each in work), list[Task]()
        task, ended, began = next(coming, None), 0, math.inf
        try:
            while task or any(lane.task for lane in self._lanes):
                for lane in self._lanes:
                    if task and lane.ready:
                        began = min(began, time.monotonic())
                        lane.begin(task)
                        task = next(coming, None)
                elapsed = time.monotonic() - began
                left = (total - ended) * elapsed / ended if ended else math.inf
                if task and self._needs_lane(elapsed, left):
                    self._add_lane()
                for done, result in self._finished():
                    if result is None and not done.is_second:  # want of memory may be over
                        again.append(replace(done, is_second=True))
                    else:
                        ended += 1
                        text = "the checker ended without a result"
                        yield done.key, result or failed(done.exam, text)
                if task is None and again:
                    task = again.pop()
        finally:
            self._close([lane for lane in self._lanes if lane.task])

    def _needs_lane(self, elapsed: float, left: float) -> bool:
        """Whether one more is worth its start, after so many seconds, with about so many to go."""
        lanes = len(self._lanes)
        if not lanes:
            return True
        is_warming = any(not lane.ready and lane.task is None for lane in self._lanes)
        is_worth_it = elapsed >= WARM_UP * lanes and left > WARM_UP
        return lanes < self.workers and not is_warming and is_worth_it

    def _add_lane(self) -> None:
        self._lanes.append(Lane(self.limits, self.preload, self.sandbox, self._files))

    def _finished(self) -> Iterator[tuple[Task, Result | None]]:
        """Wait for news of the lanes; yield the tasks that have ended."""
        with selectors.PollSelector() as news:
            for lane in self._lanes:
                news.register(lane.control, selectors.EVENT_READ, lane.hear)
                if lane.task:
                    news.register(lane.link, selectors.EVENT_READ, lane)
            for event, _ in news.select(INTERVAL):
                if isinstance(event.data, Lane):
                    yield event.data.end()
                else:
                    event.data()
        self._close([lane for lane in self._lanes if lane.ended and not lane.task])

    def _watch(self) -> None:
        """A thread: end what uses more than it may, whatever this process waits for."""
        while not self._stopped.wait(INTERVAL):
            for lane in list(self._lanes):
                with contextlib.suppress(psutil.Error, OSError):
                    lane.check()

    def _close(self, lanes: list["Lane"]) -> None:
        for lane in list(lanes):
            lane.close()
            self._lanes.remove(lane)


class Lane:
    """A fork server in its sandbox, and the submission that it grades."""

    def __init__(self, limits: Limits, preload: list[str], isolate: bool, files: Path) -> None:
        self.limits = limits
        self.ready = self.ended = False
        self.task: Task | None = None
        self.reason = ""  # why it was killed
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (closed in `close`)
        self._isolate = isolate
        with theirs, seccomp.open_program() if isolate else tempfile.TemporaryFile() as rules:
            config = {
                "limits": asdict(limits),
                "preload": preload,
                "folder": bwrap.WORK if isolate else tempfile.mkdtemp(dir=files.parent),
                "files": bwrap.FILES if isolate else str(files),
                "control": theirs.fileno(),
                "user": FIRST_USER + (os.getpid() * 64 + next(NUMBERS)) % USERS,
            }
            outside = bwrap.command(rules.fileno(), files) if isolate else []
            self._process = subprocess.Popen(
                [*outside, sys.executable, "-c", START, json.dumps(config)],
                pass_fds=[theirs.fileno(), rules.fileno()],
                env=bwrap.environment(isolate),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                cwd="/",
                start_new_session=True,  # Ctrl-C is for this process alone
            )

    def hear(self) -> None:
        """Wait until the fork server says that it is ready."""
        self.ready = bool(self.control.recv(16))
        self.ended = not self.ready
        if hasattr(self, "_server"):
            return
        if self.ended:
            self._process.wait()
            self._said.seek(0)
            said = self._said.read().decode(errors="replace")[-2000:]
            raise SandboxError(f"the sandbox did not start: {said.strip()}\n{ADVICE}")
        server = psutil.Process(self._process.pid)
        self._server = server.children()[0] if self._isolate else server
        self._loaded = self._server.memory_info()

    def begin(self, task: Task) -> None:
        """Give a task to a new checker."""
        self.link, theirs = socket.socketpair()
        self._began, self._cpu_before = time.monotonic(), _cpu_seconds([self._server])
        self.task, self.ready = task, False
        with theirs, contextlib.suppress(OSError):  # if it is gone, `end` will tell
            socket.send_fds(self.control, [b"%d" % self._loaded.data], [theirs.fileno()])
            theirs.close()
            send(self.link, run.job(task.exam, task.submission))

    def end(self) -> tuple[Task, Result | None]:
        """What the checker found out; None if it ended without a word."""
        assert self.task is not None
        task, answer = self.task, None
        with contextlib.suppress(OSError):
            answer = receive(self.link)
        self.link.close()  # the checker ends, and the fork server cleans up
        self.task = None
        if answer is not None:
            return task, result_from(answer)
        return task, zero(task.exam, self.reason) if self.reason else None

    def check(self) -> None:
        """Kill the lane if its processes together use more than a submission may."""
        if (task := self.task) is None or self.reason:
            return
        tree = [self._server, *self._server.children(recursive=True)]
        reason = self._excess(tree)
        if reason and self.task is task:
            self.reason = reason
            self.kill()

    def _excess(self, tree: list[psutil.Process]) -> str:
        limits, longest = self.limits, self.limits.wall + GRACE
        room = self._loaded.rss + 2 * limits.memory  # a checker may hold what its worker does
        if _memory(tree, room) > room:
            return f"its processes used more than {room / 2**30:.1f} GB of memory together"
        if _cpu_seconds(tree) - self._cpu_before > 2 * limits.total_cpu:
            return f"its processes used more than {2 * limits.total_cpu:g} s of CPU time"
        if time.monotonic() - self._began > longest:
            return f"no result after {longest:g} s"
        return ""

    def kill(self) -> None:
        """End everything in the lane at once; its sockets then say so."""
        tree: list[psutil.Process] = []
        with contextlib.suppress(psutil.Error):
            tree = psutil.Process(self._process.pid).children(recursive=True)
        self._process.kill()  # a namespace of processes ends with it
        for process in tree:
            with contextlib.suppress(psutil.Error):
                process.kill()

    def close(self) -> None:
        """End the lane; if it is idle it ends by itself, so that its CPU time is counted."""
        self.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE if self.task is None else 0)
        self.kill()
        self._process.wait()
        self._said.close()


def _memory(tree: list[psutil.Process], room: int) -> int:
    """Bytes that processes hold; a page that they share counts once, which takes longer to find."""
    held = sum(_each(tree, lambda process: process.memory_info().rss))
    return held if held <= room else sum(_each(tree, lambda p: p.memory_full_info().pss))


def _cpu_seconds(tree: list[psutil.Process]) -> float:
    """CPU time of processes and of the children that they have waited for."""
    return sum(_each(tree, lambda process: sum(process.cpu_times()[:4])))


def _each(tree: list[psutil.Process], measure: Callable[[psutil.Process], Any]) -> Iterator[Any]:
    for process in tree:
        with contextlib.suppress(psutil.Error):  # it has ended
            yield measure(process)
