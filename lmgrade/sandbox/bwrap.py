"""The command that starts a fork server in bubblewrap, with the little that it can see there."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from lmgrade.sandbox import ADVICE, SandboxError

SYSTEM = (
    *("/usr", "/bin", "/lib", "/lib64", "/lib32", "/sbin"),
    *("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d"),
    *("/etc/localtime", "/etc/fonts", "/etc/alternatives"),
    *("/proc/cpuinfo", "/proc/meminfo"),  # all that is there of /proc
)
DEVICES = ("null", "zero", "full", "random", "urandom")  # no terminals
CODE = "/code"
WORK = "/submission"  # the one folder to write to
FILES = "/files"  # what the instructor put beside the notebook
# The parts of lmlib that hold no solution; a name ending in / is a folder.
SHOWN = ("__init__.py", "corpus.py", "progress.py", "checks/")
HOMES = ("HOME", "TMPDIR", "MPLCONFIGDIR")  # variables
DISK = 64 << 20
NOBODY = "65534"


def expect_isolation(private: Iterable[Path]) -> None:
    """Raise where there is no bubblewrap, or where it would show one of these paths."""
    if shutil.which("bwrap") is None:
        raise SandboxError(f"no bubblewrap on this machine. {ADVICE}")
    shown = [Path(path).resolve() for path in (*SYSTEM, sys.prefix, sys.base_prefix)]
    for path in private:
        for folder in shown:
            if path.resolve().is_relative_to(folder):
                raise SandboxError(
                    f"student code can read what lies in {folder}, so it could read {path}. "
                    "Move that to another place, such as your home folder."
                )


def environment(isolate: bool) -> dict[str, str]:
    """Nothing of the instructor's environment."""
    home = WORK if isolate else "/tmp"
    return {
        "PATH": "/usr/bin:/bin",
        "USER": "student",
        **dict.fromkeys(HOMES, home),
        "MPLBACKEND": "Agg",
        "PYTHONPATH": CODE if isolate else str(_package("lmgrade").parent),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "LANG": "C.UTF-8",
        "TORCH_COMPILE_DISABLE": "1",  # there is no compiler for it: what is compiled runs as is
        # Tensors of a megabyte come and go: memory that is kept need not be mapped again.
        "MALLOC_MMAP_THRESHOLD_": str(1 << 28),
        "MALLOC_TRIM_THRESHOLD_": str(1 << 28),
    }


def command(seccomp: int, files: Path | None) -> list[str]:
    """Namespaces, a file system of Python and its packages, and the descriptor of a filter."""
    prefixes = list(dict.fromkeys((sys.base_prefix, sys.prefix)))
    words = [
        shutil.which("bwrap") or "bwrap",
        *_users(),
        *("--hostname", "grader", "--seccomp", str(seccomp)),
        *("--as-pid-1", "--die-with-parent", "--new-session"),
    ]
    for path in SYSTEM:
        words += ["--symlink", os.readlink(path), path] if os.path.islink(path) else _bind(path)
    for prefix in prefixes:
        words += _bind(prefix)
    words += _bind(_package("lmgrade"), f"{CODE}/lmgrade") + _lmlib(prefixes)
    words += ["--ro-bind", str(files), FILES] if files else ["--dir", FILES]
    words += ["--size", str(DISK), "--tmpfs", WORK]
    if not any(prefix.startswith("/tmp/") for prefix in prefixes):
        words += ["--symlink", WORK, "/tmp"]  # where notebooks put what they forget
    words += ["--tmpfs", "/dev", "--symlink", WORK, "/dev/shm"]
    for name in DEVICES:
        words += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    return [*words, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", WORK, "--"]


def _users() -> list[str]:
    """Namespaces, with a user of its own.

    Where root starts this, the fork server becomes another user by itself: a process that is root
    outside of a namespace of users may have as many processes as it likes, whatever its limit.
    """
    if os.geteuid():
        return ["--unshare-all", "--unshare-user", "--uid", NOBODY, "--gid", NOBODY]
    kinds = [f"--unshare-{kind}" for kind in ("ipc", "net", "pid", "uts", "cgroup-try")]
    return [*kinds, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_CHOWN"]


def _bind(path: str | Path, target: str | None = None) -> list[str]:
    target = target or str(path)
    # Folders that bubblewrap makes on the way would be closed to others than root.
    parents = reversed(list(Path(target).parents)[:-1])
    made = [word for parent in parents for word in ("--perms", "0755", "--dir", str(parent))]
    return [*made, "--ro-bind-try", str(path), target]


def _lmlib(prefixes: list[str]) -> list[str]:
    """What may be seen of lmlib; an installed copy holds solutions as well."""
    words: list[str] = []
    for part in SHOWN:
        words += _bind(_package("lmlib") / part, f"{CODE}/lmlib/{part}")
    installed = {Path(entry, "lmlib").resolve() for entry in sys.path}
    for path in sorted(path for path in installed if path.is_dir()):
        if any(path.is_relative_to(prefix) for prefix in prefixes):
            words += ["--tmpfs", str(path), "--remount-ro", str(path)]
    return words


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)  # without importing it
    if spec is None or spec.origin is None:
        raise SandboxError(f"{name} is not installed; run: pip install -e .")
    return Path(spec.origin).resolve().parent
