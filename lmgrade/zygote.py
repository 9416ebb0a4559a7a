"""The warm process inside the sandbox: it imports PyTorch once and forks a worker on demand.

A request is one message on the control socket that carries a socket; the fork behind it answers
there and nowhere else. Two processes serve a submission: a supervisor, which stays outside the
submission's namespaces of process ids, and the worker, whose death ends everything in it.
"""

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import sys
from typing import NoReturn

import torch
import torch._dynamo  # noqa: F401  (the first optimizer step would import it in every fork)

from lmgrade import jail, worker

# One uid a worker: limits on processes count per uid, and one uid cannot signal another.
FIRST_UID, UIDS = 200_000, 50_000


def main() -> None:
    """Serve until the control socket closes."""
    options = json.loads(sys.argv[1])
    torch.set_num_threads(1)
    for name in options["preload"]:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    jail.note_address_space()
    control = socket.socket(fileno=options["fd"])
    control.send(b"ready")
    # The kernel reaps the supervisors; nobody waits for them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    served = 0
    while True:
        message, fds, _, _ = socket.recv_fds(control, 4096, 1)
        if not message:
            return
        uid = FIRST_UID + served % UIDS
        served += 1
        if os.fork() == 0:
            control.close()
            _supervise(socket.socket(fileno=fds[0]), json.loads(message), options["sandbox"], uid)
        for fd in fds:
            os.close(fd)


def _supervise(link: socket.socket, limits: dict[str, int], sandbox: str, uid: int) -> NoReturn:
    """Fork the worker and stay as long as it and the grader's end of the socket live."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if sandbox != "none":
            jail.enter(as_root=sandbox == "root")
        # The grader learns this process's id from the kernel, not from what is written here.
        link.send(b"\0")
        pid = os.fork()
        if pid == 0:
            _work(link, limits, sandbox, uid if sandbox == "root" else None)
        _watch(link, pid)
        code = 0
    finally:
        os._exit(code)


def _watch(link: socket.socket, pid: int) -> None:
    """Kill the worker when the grader hangs up; the kernel then ends its whole namespace."""
    worker_end = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(worker_end, select.POLLIN)
    poll.register(link, select.POLLRDHUP)
    poll.poll()
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _work(link: socket.socket, limits: dict[str, int], sandbox: str, uid: int | None) -> NoReturn:
    code = 1
    try:
        os.setpgid(0, 0)
        fd = _keep_only(link)
        if sandbox == "none":
            jail.limit_only(limits["memory"], limits["cpu"])
        else:
            jail.confine(uid, limits["memory"], limits["cpu"])
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


if __name__ == "__main__":
    main()
