"""Start the warm process inside bubblewrap, or say why this machine cannot keep students apart."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

# All of the grader that student code shares a file system with.
INSIDE = ("__init__.py", "cell.py", "jail.py", "objects.py", "wire.py", "worker.py", "zygote.py")
SYSTEM = (
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/lib32",
    "/sbin",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
)
SYSTEM_EXTRA = ("/etc/ld.so.conf.d", "/etc/localtime", "/etc/fonts", "/etc/alternatives")
CODE = "/code"


class SandboxError(RuntimeError):
    """This machine cannot give the sandbox; the text says what is missing and what to do."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use. CPU seconds, not clock seconds: a busy machine is no fault."""

    cell_cpu: float = 60.0
    test_cpu: float = 20.0
    total_cpu: float = 180.0
    blocked: float = 15.0
    wall: float = 900.0
    memory: int = 2 << 30


def worker_limits(limits: Limits) -> bytes:
    """The request for one worker, as the zygote reads it."""
    return json.dumps(
        {"memory": limits.memory, "cpu": int(asdict(limits)["total_cpu"]) + 5}
    ).encode()


class Zygote:
    """The warm process, and the socket over which workers are asked of it."""

    def __init__(self, sandbox: bool = True, preload: Sequence[str] = ()) -> None:
        self.mode = _mode() if sandbox else "none"
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        options = {"fd": theirs.fileno(), "sandbox": self.mode, "preload": list(preload)}
        run = [sys.executable, "-u", "-m", "lmgrade.zygote", json.dumps(options)]
        command = run if self.mode == "none" else [*_bubblewrap(self.mode), *run]
        self.process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            env=_environment(self.mode),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        theirs.close()
        self._ready = False

    def wait(self) -> None:
        """Wait until the process is warm."""
        if not self._ready and self.control.recv(16) != b"ready":
            assert self.process.stderr is not None
            said = self.process.stderr.read().decode(errors="replace")[-2000:]
            raise SandboxError(f"the sandbox did not start: {said.strip()}\n{ADVICE}")
        self._ready = True

    def close(self) -> None:
        """End the process and, with its namespaces, everything that was forked from it."""
        self.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(1)
        self.process.kill()
        self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()


ADVICE = (
    "lmgrade runs student code in bubblewrap, which needs Linux, `bwrap` (apt install bubblewrap) "
    "and either root or unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1; "
    "on Ubuntu 24.04 also kernel.apparmor_restrict_unprivileged_userns=0). Or pass --no-sandbox: "
    "scores still cannot be forged, but student code then runs with your rights."
)


def _mode() -> str:
    if not sys.platform.startswith("linux") or shutil.which("bwrap") is None:
        raise SandboxError(f"no bubblewrap on this machine. {ADVICE}")
    return "root" if os.geteuid() == 0 else "user"


def _environment(mode: str) -> dict[str, str]:
    """Nothing of the instructor's environment."""
    here = Path(__file__).resolve().parent.parent
    home = "/tmp" if mode == "none" else "/submission"
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": home,
        "MPLCONFIGDIR": home,
        "MPLBACKEND": "Agg",
        "PYTHONPATH": str(here) if mode == "none" else CODE,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "LANG": "C.UTF-8",
    }


def _bubblewrap(mode: str) -> list[str]:
    """A file system of Python, its packages and lmlib, all read-only, and nothing else."""
    command = ["bwrap", "--die-with-parent", "--new-session", "--unshare-ipc", "--unshare-net"]
    command += ["--unshare-pid", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "grader"]
    if mode == "user":
        command += ["--unshare-user"]
    for name in ("SYS_ADMIN", "SETUID", "SETGID", "SETPCAP", "KILL", "SYS_RESOURCE"):
        command += ["--cap-add", f"CAP_{name}"]
    for path in (*SYSTEM, *SYSTEM_EXTRA):
        command += _bind(path)
    for path in dict.fromkeys((sys.base_prefix, sys.prefix)):
        command += _bind(path)
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/submission", "--dir", CODE]
    command += _code()
    return [*command, "--remount-ro", "/", "--chdir", "/submission", "--"]


def _bind(path: str, target: str | None = None) -> list[str]:
    """Bind what exists and keep symbolic links such as /bin → usr/bin."""
    if target is None and os.path.islink(path):
        return ["--symlink", os.readlink(path), path]
    return ["--ro-bind-try", path, target or path]


def _code() -> list[str]:
    """lmlib as students have it, and the worker's part of lmgrade."""
    import lmlib

    package = Path(__file__).resolve().parent
    command = _bind(str(Path(lmlib.__file__).resolve().parent), f"{CODE}/lmlib")
    for name in INSIDE:
        command += _bind(str(package / name), f"{CODE}/lmgrade/{name}")
    return command
