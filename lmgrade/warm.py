"""The warm process inside the sandbox: it imports PyTorch once and forks whatever is needed.

Two kinds of request reach it, each with a socket. "check" comes from the command line: the fork
behind it reads submissions and the instructor's tests from that socket and answers there.
"work" comes from such a checker: the fork behind it runs a student's code. This process itself
reads neither, so no worker inherits a test, another submission or a grade.
"""

import contextlib
import gc
import importlib
import json
import os
import re
import resource
import select
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import torch

from lmgrade import curtain, engine, jail, jobs, removal, screen, worker
from lmgrade.limits import Limits
from lmgrade.result import failed

# One uid a worker: limits on processes count per uid, and one uid cannot signal another.
FIRST_UID, UIDS = 200_000, 50_000
GRACE = 120  # seconds beyond a submission's own limit before its checker is given up
CHECKER_MEMORY = 4 << 30


class Warm:
    """Forks checkers and workers; it never runs either's code itself."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.sandbox: str = options["sandbox"]
        self.limits = Limits(**options["limits"])
        self.control = socket.socket(fileno=options["fd"])
        self.requests, self.ask = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.poll = select.poll()
        self.forks: dict[int, Fork] = {}  # by each descriptor that is polled for one
        self.served = 0
        torch.set_num_threads(1)
        # Forks cannot use a GPU. PyTorch, told so, does not queue every seed for one either, which
        # would note a stack trace each time.
        for name in ("cuda", "xpu", "mps", "mtia"):
            if device := vars(torch).get(name):  # PyTorch 2.2 has two of them
                vars(device)["_is_in_bad_fork"] = lambda: True
        torch.ones(64).half()  # asks /proc what the CPU can do, which no worker may see
        self.lmlib = Path(options["lmlib"])
        self.shown = curtain.load_shown(self.lmlib / "lmlib")
        _preload(options["preload"], self.lmlib)
        removal.note_layers()
        jail.note_address_space()
        if self.sandbox != "none":
            # What this machine does not allow shows now, not with the first submission.
            self.family = jail.Family()
            for path, text in removal.files_without_layers():
                jail.show_instead(path, text)
        # What there is now stays: looking for garbage in it would copy its pages into every fork.
        gc.freeze()
        gc.enable()

    def serve(self) -> None:
        """Serve until the command line hangs up, and then end whatever still runs."""
        for channel in (self.control, self.requests):
            self.poll.register(channel, select.POLLIN)
        self.control.send(b"ready")
        while True:
            # One event at a time: a new fork may get the number of a descriptor just closed.
            fd, _ = self.poll.poll()[0]
            if fd in self.forks:
                self._lost(self.forks[fd])
            elif not self._asked(self.control if fd == self.control.fileno() else self.requests):
                break
        for fork in set(self.forks.values()):
            fork.end()

    def _asked(self, channel: socket.socket) -> bool:
        """Fork for whoever asks; False when the command line has hung up."""
        message, fds, _, _ = socket.recv_fds(channel, 16, 1)
        if fds:  # or none could be had: then the socket just ends, as where no process can
            with socket.socket(fileno=fds[0]) as link, contextlib.suppress(OSError):
                self._fork(link, is_check=channel is self.control)
        return bool(message)

    def _fork(self, link: socket.socket, is_check: bool) -> None:
        self.served += 1
        pid = os.fork() if is_check or self.sandbox == "none" else self.family.fork()
        if pid == 0:
            try:
                self._become(link, is_check)
            finally:
                os._exit(1)  # whatever goes wrong, there is only one warm process
        fork = Fork(pid, None if is_check else link.dup())
        for fd, event in fork.polled():
            self.poll.register(fd, event)
            self.forks[fd] = fork

    def _become(self, link: socket.socket, is_check: bool) -> NoReturn:
        """The rest of a fork's life."""
        self.control.close()
        self.requests.close()
        for fork in set(self.forks.values()):
            fork.close()
        if is_check:
            sys.path.insert(0, str(self.lmlib))
            _check(link, self.ask, self.limits)
        curtain.draw(self.shown)
        screen.put_up()
        _work(link, self.limits, self.sandbox, FIRST_UID + self.served % UIDS)

    def _lost(self, fork: "Fork") -> None:
        """A fork has ended, or its checker has hung up."""
        for fd, _ in fork.polled():
            self.poll.unregister(fd)
            del self.forks[fd]
        fork.end()


class Fork:
    """A child of the warm process and, if it is a worker, a copy of its end of the socket."""

    def __init__(self, pid: int, link: socket.socket | None) -> None:
        self.pid, self.link = pid, link
        self.process = os.pidfd_open(pid)

    def polled(self) -> Iterator[tuple[int, int]]:
        """The process says when it has ended, the socket when the checker hangs up."""
        yield self.process, select.POLLIN
        if self.link is not None:
            yield self.link.fileno(), select.POLLRDHUP

    def end(self) -> None:
        """Kill the process with all that it started, and take note of its CPU time."""
        for kill in (os.killpg, os.kill):  # a checker leads no group
            with contextlib.suppress(ProcessLookupError):
                kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.close()

    def close(self) -> None:
        os.close(self.process)
        if self.link is not None:
            self.link.close()


def _preload(names: list[str], lmlib: Path) -> None:
    """Import what the assignment's cells will; what cannot be imported is not our affair.

    lmlib is left out: a checker imports it for itself.
    """
    for name in names:
        with contextlib.suppress(Exception):
            if name.partition(".")[0] != "lmlib":
                importlib.import_module(name)
    if any("optim" in source for source in _sources_of_checks(names, lmlib)):
        importlib.import_module("torch._dynamo")  # the first optimizer step would do it


def _sources_of_checks(names: list[str], lmlib: Path) -> Iterator[str]:
    """The texts of the modules of checks, and of those that they import."""
    queue = [name for name in names if name.startswith("lmlib.checks.")]
    for name in queue:
        path = lmlib / f"{name.replace('.', '/')}.py"
        if path.is_file():
            yield (source := path.read_text(encoding="utf-8"))
            queue += set(re.findall(r"lmlib\.checks\.\w+", source)).difference(queue)


def _check(link: socket.socket, ask: socket.socket, limits: Limits) -> NoReturn:
    """The life of a checker: jobs in, results out. It runs no student's code."""
    code = 1
    try:
        memory = jail.address_space() + CHECKER_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        while (job := jobs.receive(link)) is not None:
            # What a worker sent should be done with by then; if not, the kernel ends this.
            signal.alarm(int(limits.wall) + GRACE)
            jobs.send(link, _grade(*jobs.read(job), ask, limits))
            gc.collect()  # sessions hold themselves; the next submission needs their memory
            signal.alarm(0)
        code = 0
    finally:
        os._exit(code)


def _grade(assignment: Any, submission: Any, ask: socket.socket, limits: Limits) -> Any:
    try:
        return engine.grade(assignment, submission, ask, limits).to_dict()
    except Exception as error:
        traceback.print_exc()
        text = f"the grader itself failed ({type(error).__name__}: {error})"
        return failed(assignment, text).to_dict()


def _work(link: socket.socket, limits: Limits, sandbox: str, uid: int) -> NoReturn:
    """The life of a worker: give everything up, then run a student's code."""
    code = 1
    try:
        os.setpgid(0, 0)
        # Where memory runs out, the kernel ends this before anything else.
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
        link = _keep_only(link)
        cpu = int(limits.total_cpu) + 5
        if sandbox == "none":
            jail.die_with_parent()
            jail.limit(limits.memory, cpu)
        else:
            jail.enter(as_root=sandbox == "root")
            jail.confine(uid if sandbox == "root" else None, limits.memory, cpu)
        link.send(b"\0")  # the checker learns this process's id from the kernel, not from it
        worker.serve(link)
        code = 0
    finally:
        os._exit(code)


def _keep_only(link: socket.socket) -> socket.socket:
    """Close every descriptor but the worker's own socket; input is empty, output goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)
    kept = os.dup2(link.detach(), 3)
    os.closerange(4, 1 << 16)
    return socket.socket(fileno=kept)


def _hear_signals() -> None:
    """Undo what is inherited: a shell lets what it starts with `&` ignore interrupts.

    A worker that ignores them would have to be killed for a loop, with all that it had defined.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGCHLD, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def main() -> None:
    """Warm up, and serve."""
    _hear_signals()
    options = json.loads(sys.argv[1])
    with contextlib.ExitStack() as held:
        if options["sandbox"] == "none":  # files of student code go here; forks never leave this
            os.chdir(held.enter_context(tempfile.TemporaryDirectory(prefix="lmgrade-")))
        Warm(options).serve()
