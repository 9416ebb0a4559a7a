"""What the machine looks like before and after grading."""

import contextlib
import ctypes
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
PLACES = ("/tmp", "/dev/shm", "/var/tmp")
MARK = "lm39-attack"  # in the name of every file that an attack tries to leave
KEY = "960051513"  # of the System V memory that one asks for


@contextlib.contextmanager
def adopting_orphans() -> Iterator[None]:
    """Whatever a command leaves running meanwhile becomes a child of this process."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def children() -> set[int]:
    """All processes that descend from this one."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(errors="replace")
            except OSError:
                continue
            state, parent = stat.rpartition(")")[2].split()[:2]
            if state != "Z":  # it has ended, and nobody has asked how
                parents[int(entry.name)] = int(parent)
    found = {os.getpid()}
    while grown := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= grown
    return found - {os.getpid()}


def left_behind() -> set[str]:
    """What an attack put where every process may write."""
    found = {str(path) for place in PLACES for path in Path(place).glob(f"*{MARK}*")}
    memory = Path("/proc/sysvipc/shm").read_text().splitlines()
    return found | {line for line in memory if KEY in line.split()[:1]}


def tree(folder: Path) -> set[tuple[str, int, int, int]]:
    """Names, kinds, sizes and times of all that lies in a folder."""
    found = set()
    for path in folder.rglob("*"):
        info = path.lstat()
        found.add((str(path), info.st_mode, info.st_size, info.st_mtime_ns))
    return found


class Listener:
    """A service on the loopback interface, as an instructor's machine has many."""

    def __enter__(self) -> "Listener":
        self.visits = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def _serve(self) -> None:
        try:
            while True:
                self._socket.accept()[0].close()
                self.visits += 1
        except OSError:
            return  # closed

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)  # ends the `accept` that waits
        self._socket.close()
