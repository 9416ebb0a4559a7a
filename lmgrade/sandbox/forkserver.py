"""The fork server: it imports packages once and forks a checker and workers for each submission.

It reads no test and no submission. A job's socket goes on to the checker, so no worker inherits
anything of it, and nothing of one submission is left for the next.
"""

import contextlib
import gc
import importlib
import itertools
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from lmgrade.grading.limits import Limits
from lmgrade.grading.link import NewWorker
from lmgrade.sandbox.bwrap import HOMES

READY = b"ready"
PROCESSES = 64  # processes and threads
FILE_SIZE = 64 << 20
SMALL = 1 << 20  # files that each worker gets a copy of, rather than a link
Check = Callable[[socket.socket, NewWorker, Limits], None]
Work = Callable[[socket.socket], None]


class ForkServer:
    """Serves one submission after the other; `check` and `work` are its children's lives."""

    def __init__(self, config: dict[str, Any], check: Check, work: Work) -> None:
        self.control = socket.socket(fileno=config["control"])
        self.limits = Limits(**config["limits"])
        self.folder, self.files = Path(config["folder"]), Path(config["files"])
        self.check, self.work = check, work
        self.loaded = 0  # bytes that this process holds, and so each child of it
        self.children: list[int] = []

    def serve(self) -> None:
        """Serve until the command line hangs up."""
        while True:
            self._clean()  # at first, of what imports have left
            self.control.send(READY)
            loaded, fds, _, _ = socket.recv_fds(self.control, 32, 1)
            if not loaded:
                return
            self.loaded = int(loaded)
            ask, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with asked:
                with ask, socket.socket(fileno=fds[0]) as job:
                    self._fork(lambda: self._be_checker(job, ask), job, ask)  # noqa: B023
                self._serve_checker(asked)

    def _serve_checker(self, asked: socket.socket) -> None:
        """Fork a worker whenever the checker asks, until it or the command line has ended."""
        while self.control not in select.select([asked, self.control], [], [])[0] and asked.recv(1):
            try:
                ours, theirs = socket.socketpair()
                with ours, theirs:
                    pid = self._fork(lambda: self._be_worker(ours), ours)  # noqa: B023
                    socket.send_fds(asked, [str(pid).encode()], [theirs.fileno()])
            except OSError as error:  # no process, no descriptor, or no checker any more
                with contextlib.suppress(OSError):
                    asked.send(f"0 {error}".encode())

    def _fork(self, live: Callable[[], None], *kept: socket.socket) -> int:
        """Fork a child that has these sockets and no others."""
        pid = os.fork()
        if pid:
            self.children.append(pid)
            return pid
        status = 1
        try:
            os.setpgid(0, 0)
            fds = [0, 1, 2, *sorted(link.fileno() for link in kept), 1 << 16]
            for fd, following in itertools.pairwise(fds):
                os.closerange(fd + 1, following)
            live()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)

    def _be_checker(self, job: socket.socket, ask: socket.socket) -> None:
        def new_worker() -> tuple[socket.socket, int]:
            ask.send(b"w")
            answer, fds, _, _ = socket.recv_fds(ask, 256, 1)
            if not fds:
                raise OSError(f"no new process: {answer.decode(errors='replace')}")
            return socket.socket(fileno=fds[0]), int(answer)

        os.chdir(self.files)
        # It reads no file that student code may have written.
        os.environ.update(dict.fromkeys(HOMES, str(self.files)))
        self.check(job, new_worker, self.limits)

    def _be_worker(self, link: socket.socket) -> None:
        """Give up what student code has no use for, and run it."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(nowhere, fd)
        os.close(nowhere)
        os.chdir(self.folder)
        with contextlib.suppress(OSError):  # what a worker before this one left in the way
            shutil.copytree(self.files, self.folder, copy_function=_provide, dirs_exist_ok=True)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        limits = {
            resource.RLIMIT_DATA: self.loaded + self.limits.memory,
            resource.RLIMIT_CPU: int(self.limits.total_cpu) + 5,
            resource.RLIMIT_FSIZE: FILE_SIZE,
            resource.RLIMIT_NOFILE: 256,
            resource.RLIMIT_NPROC: PROCESSES,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_MEMLOCK: 0,
        }
        for limit, value in limits.items():
            hard = resource.getrlimit(limit)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(limit, (value, value))
        self.work(link)

    def _clean(self) -> None:
        """End all processes and remove all files of a submission.

        Whatever cannot be removed ends this server, and its sandbox with it.
        """
        if os.getpid() == 1:  # of a namespace: these are all other processes in it
            with contextlib.suppress(ProcessLookupError):
                os.kill(-1, signal.SIGKILL)
        else:
            for pid in self.children:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)
        self.children.clear()
        os.chmod(self.folder, 0o755)
        for entry in list(os.scandir(self.folder)):
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)


def _provide(source: str, target: str) -> None:
    """A copy of a small file, a link to a large one; nothing where a file is there already."""
    if os.path.lexists(target):
        return
    if os.path.getsize(source) <= SMALL:
        shutil.copyfile(source, target)
    else:
        os.symlink(source, target)


def _preload(names: list[str]) -> None:
    """Import what cells will; what cannot be imported is for them to find out."""
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    if "numpy" in sys.modules:  # seeding would import it, in checkers and workers
        importlib.import_module("numpy.random")
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    checks = [module for name, module in sys.modules.items() if name.startswith("lmlib.checks.")]
    sources = [Path(str(module.__file__)).read_text(encoding="utf-8") for module in checks]
    if any("optim." in source for source in sources):
        importlib.import_module("torch._dynamo")  # or the first optimizer's step would do it


def _become_nobody(folder: Path, uid: int) -> None:
    """Give up being root, to whom limits on processes do not apply."""
    os.chown(folder, uid, uid)
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def main(check: Check, work: Work) -> NoReturn:
    """Import everything, and serve."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # which PID 1 of a sandbox never hears
    config = json.loads(sys.argv[1])
    if os.getpid() == 1 and os.getuid() == 0:
        _become_nobody(Path(config["folder"]), config["user"])
    _preload(config["preload"])
    # What there is now stays: looking for garbage in it would copy its pages into every fork.
    gc.collect()
    gc.freeze()
    gc.enable()
    ForkServer(config, check, work).serve()
    os._exit(0)
