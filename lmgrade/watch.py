"""What the kernel says of a worker's processes, read from outside the sandbox."""

import contextlib
import os
import signal
import time
from collections import defaultdict

TICKS = os.sysconf("SC_CLK_TCK")


def _read(path: str) -> str:
    file = os.open(path, os.O_RDONLY)  # a third of the time that `open` takes
    try:  # however much is asked for, a list comes a page at a time
        return b"".join(iter(lambda: os.read(file, 1 << 16), b"")).decode(errors="replace")
    finally:
        os.close(file)


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat after the name, which may hold blanks and brackets."""
    try:
        return _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
    except OSError:
        return None


def tree_of(pid: int) -> list[int]:
    """A process and all its descendants, parents first; empty when it is gone."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (stat := _stat(int(entry))):
            children[int(stat[1])].append(int(entry))
    if _stat(pid) is None:
        return []
    found = [pid]
    for parent in found:
        found += children[parent]
    return found


def program_of(pid: int) -> int | None:
    """What changes for a process in a sandbox when it becomes another program, and never back.

    Its files here are root's while its memory may not be looked at; a new program's may.
    """
    try:
        return os.stat(f"/proc/{pid}/stat").st_uid
    except OSError:
        return None


def cpu_seconds(tree: list[int]) -> float:
    """CPU time of the processes and of the children that they have waited for."""
    stats = [stat for pid in tree if (stat := _stat(pid))]
    return sum(sum(map(int, stat[11:15])) for stat in stats) / TICKS


def stop_others(pid: int) -> None:
    """Let all descendants of a process stand still."""
    for _ in range(100):  # one may have started another one meanwhile
        running = {other for other in _others(pid) if _states(other) - set("TtZX")}
        if not running:
            break
        for other in running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(other, signal.SIGSTOP)
        time.sleep(0.002)


def work_of_others(pid: int) -> list[str]:
    """What changes whenever a descendant of a process computes, also one that has ended since."""
    stat = _stat(pid)
    found = [stat[8]] if stat else []  # page faults of children that were waited for
    for other in _others(pid):
        found += [str(time.monotonic_ns())] if "R" in _states(other) else []
        for thread in _threads(other):
            with contextlib.suppress(OSError):
                found.append(f"{thread} ran {_read(f'/proc/{other}/task/{thread}/schedstat')}")
    return found


def _others(pid: int) -> list[int]:
    """The descendants of a process: asked often, where `tree_of` would take long."""
    found = [pid]
    for parent in found:
        for thread in _threads(parent):
            with contextlib.suppress(OSError):  # this one has ended; others may have children
                found += map(int, _read(f"/proc/{parent}/task/{thread}/children").split())
    return found[1:]


def _states(pid: int) -> set[str]:
    """The states of a process's threads."""
    return {stat[0] for thread in _threads(pid) if (stat := _stat(int(thread)))}


def _threads(pid: int) -> list[str]:
    with contextlib.suppress(OSError):
        return os.listdir(f"/proc/{pid}/task")
    return []


def is_waiting(tree: list[int]) -> bool:
    """Whether every process sleeps; one that is ready to run, or reads a disk, does not wait.

    A process that waits for its own child to start a program looks like one that reads a disk.
    """
    asleep = "SZTt" if len(tree) == 1 else "SZTtD"
    return all(stat[0] in asleep for pid in tree if (stat := _stat(pid)))


def resident_bytes(tree: list[int]) -> int:
    """Memory that the processes hold; a page that they share counts for each of them."""
    page = os.sysconf("SC_PAGE_SIZE")
    return sum(int(stat[21]) * page for pid in tree if (stat := _stat(pid)))
