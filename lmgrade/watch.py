"""What the kernel says of a worker's processes, read from outside the sandbox."""

import contextlib
import os
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


def cpu_seconds(tree: list[int]) -> float:
    """CPU time of the processes and of the children that they have waited for."""
    stats = [stat for pid in tree if (stat := _stat(pid))]
    return sum(sum(map(int, stat[11:15])) for stat in stats) / TICKS


def is_waiting(tree: list[int]) -> bool:
    """Whether every process sleeps; one that is ready to run, or reads a disk, does not wait.

    A process that waits for its own child to start a program looks like one that reads a disk.
    """
    asleep = "SZTt" if len(tree) == 1 else "SZTtD"
    return all(stat[0] in asleep for pid in tree if (stat := _stat(pid)))


def resident_bytes(tree: list[int]) -> int:
    """Memory that the processes hold; a page that they share counts for each of them."""
    page = os.sysconf("SC_PAGE_SIZE")
    return sum(int(stat[21]) * page for pid in map(_holder, tree) if (stat := _stat(pid)))


def _holder(pid: int) -> int:
    """The thread that is asked for a process's memory: the first may have ended before others."""
    stat = _stat(pid)
    if stat is None or stat[0] not in "ZX" or int(stat[17]) < 2:
        return pid
    with contextlib.suppress(OSError):
        for thread in map(int, os.listdir(f"/proc/{pid}/task")):
            if (stat := _stat(thread)) and stat[0] not in "ZX":
                return thread
    return pid


def own_bytes(tree: list[int]) -> int:
    """Memory that the processes hold; a page that they share counts once, if the kernel tells."""
    return sum(_share_of(_holder(pid)) or resident_bytes([pid]) for pid in tree)


def _share_of(pid: int) -> int:
    try:
        lines = _read(f"/proc/{pid}/smaps_rollup").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
