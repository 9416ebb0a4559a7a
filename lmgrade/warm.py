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
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import torch

from lmgrade import curtain, engine, jail, jobs, worker
from lmgrade.limits import Limits
from lmgrade.result import zero

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
        self.served = 0
        torch.set_num_threads(1)
        # Forks cannot use a GPU. PyTorch, told so, does not queue every seed for one either, which
        # would note a stack trace each time.
        for device in (torch.cuda, torch.xpu, torch.mps, torch.mtia):
            vars(device)["_is_in_bad_fork"] = lambda: True
        torch.ones(64).half()  # asks /proc what the CPU can do, which no worker may see
        self.lmlib = Path(options["lmlib"])
        self.shown = curtain.load_shown(self.lmlib / "lmlib")
        _preload(options["preload"], self.lmlib)
        jail.note_address_space()
        # What there is now stays: looking for garbage in it would copy its pages into every fork.
        gc.freeze()
        gc.enable()

    def serve(self) -> None:
        """Serve until the command line hangs up."""
        self.control.send(b"ready")
        while True:
            ready, _, _ = select.select([self.control, self.requests], [], [])
            for channel in ready:
                message, fds, _, _ = socket.recv_fds(channel, 16, 1)
                if not message:
                    return
                self._fork(socket.socket(fileno=fds[0]), channel is self.control)
            _reap()

    def _fork(self, link: socket.socket, is_check: bool) -> None:
        self.served += 1
        if os.fork() == 0:
            self.control.close()
            self.requests.close()
            if is_check:
                sys.path.insert(0, str(self.lmlib))
                _check(link, self.ask, self.limits)
            self.ask.close()
            curtain.draw(self.shown)
            uid = FIRST_UID + self.served % UIDS
            _supervise(link, self.limits, self.sandbox, uid)
        link.close()


def _reap() -> None:
    """Collect forks that have ended, and with them the record of their CPU time."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


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
        text = f"the grader itself failed ({type(error).__name__}: {error}); grade by hand"
        return zero(assignment, text).to_dict()


def _supervise(link: socket.socket, limits: Limits, sandbox: str, uid: int) -> NoReturn:
    """Fork the worker and stay as long as it and the checker's end of the socket live."""
    code = 1
    try:
        if sandbox != "none":
            jail.enter(as_root=sandbox == "root")
        # The checker learns both processes' ids from the kernel, not from what is written here.
        link.send(b"\0")
        pid = os.fork()
        if pid == 0:
            _work(link, limits, sandbox, uid if sandbox == "root" else None)
        _watch(link, pid)
        code = 0
    finally:
        os._exit(code)


def _watch(link: socket.socket, pid: int) -> None:
    """Kill the worker when the checker hangs up; the kernel then ends its whole namespace."""
    poll = select.poll()
    poll.register(os.pidfd_open(pid), select.POLLIN)
    poll.register(link, select.POLLRDHUP)
    poll.poll()
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _work(link: socket.socket, limits: Limits, sandbox: str, uid: int | None) -> NoReturn:
    """The life of a worker: give everything up, then run a student's code."""
    code = 1
    try:
        os.setpgid(0, 0)
        # Where memory runs out, the kernel ends this before anything else.
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
        link.send(b"\0")
        fd = _keep_only(link)
        cpu = int(limits.total_cpu) + 5
        if sandbox == "none":
            jail.limit(limits.memory, cpu)
        else:
            jail.confine(uid, limits.memory, cpu)
        worker.serve(socket.socket(fileno=fd))
        code = 0
    finally:
        os._exit(code)


def _keep_only(link: socket.socket) -> int:
    """Close every descriptor but the worker's own socket; input is empty, output goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)
    kept = os.dup2(link.detach(), 3)
    os.closerange(4, 1 << 16)
    return kept


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
    Warm(json.loads(sys.argv[1])).serve()
