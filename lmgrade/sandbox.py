"""Start the warm process inside bubblewrap, or say why this machine cannot keep students apart."""

import contextlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lmgrade.jail import TRUSTED

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
# Without a garbage collector at first: it would take a tenth of the time that imports take.
START = "import gc; gc.disable(); from lmgrade import warm; warm.main()"
PATIENCE = 5.0  # seconds that an idle warm process may take to end


class SandboxError(RuntimeError):
    """This machine cannot give the sandbox; the text says what is missing and what to do."""


class Sandbox:
    """The warm process, and the socket over which it is asked for checkers."""

    def __init__(
        self, options: dict[str, Any], isolate: bool = True, private: Iterable[Path] = ()
    ) -> None:
        if not sys.platform.startswith("linux"):
            raise SandboxError(f"lmgrade needs Linux, in a sandbox or not; this is {sys.platform}.")
        self.mode = _mode() if isolate else "none"
        lmlib = str(_lmlib().parent) if self.mode == "none" else TRUSTED
        if isolate:
            _expect_unseen(private)
        self._options = {**options, "sandbox": self.mode, "lmlib": lmlib}
        self._ready = False

    def start(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (closed in `close`)
        options = json.dumps({**self._options, "fd": theirs.fileno()})
        run = [sys.executable, "-c", START, options]
        self._process = subprocess.Popen(
            run if self.mode == "none" else [*_bubblewrap(self.mode), *run],
            pass_fds=[theirs.fileno()],
            env=_environment(self.mode),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._said,
            cwd="/",
        )
        theirs.close()

    def wait(self) -> None:
        """Wait until the process is warm."""
        if not self._ready and self._control.recv(16) != b"ready":
            self._process.wait()
            self._said.seek(0)
            said = self._said.read().decode(errors="replace")[-2000:]
            raise SandboxError(f"the sandbox did not start: {said.strip()}\n{ADVICE}")
        self._ready = True

    def request(self, message: bytes, link: socket.socket) -> None:
        """Ask for a fork that serves this socket."""
        try:
            socket.send_fds(self._control, [message], [link.fileno()])
        except OSError:
            raise SandboxError("the warm process ended; run the command again") from None

    def close(self) -> None:
        """End the process and, with its namespaces, everything that was forked from it."""
        self._control.close()  # it ends by itself, so that its CPU time is accounted for
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)
        self._process.kill()
        self._process.wait()
        self._said.close()


ADVICE = (
    "lmgrade runs student code in bubblewrap, which needs `bwrap` (apt install bubblewrap) "
    "and either root or unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1; "
    "on Ubuntu 24.04 also kernel.apparmor_restrict_unprivileged_userns=0). Or pass --no-sandbox: "
    "student code then runs with your rights and may read and change all that you may, the "
    "gradebook too, so do that only with code that you trust."
)


def _expect_unseen(private: Iterable[Path]) -> None:
    """The system and Python are bound into the sandbox, with all that lies in their folders."""
    shown = [Path(path).resolve() for path in (*SYSTEM, sys.prefix, sys.base_prefix)]
    for path in private:
        for folder in shown:
            if path.resolve().is_relative_to(folder):
                raise SandboxError(
                    f"student code can read what lies in {folder}, so it could read {path}. "
                    "Move that to another place, such as your home folder."
                )


def _mode() -> str:
    if shutil.which("bwrap") is None:
        raise SandboxError(f"no bubblewrap on this machine. {ADVICE}")
    return "root" if os.geteuid() == 0 else "user"


def _environment(mode: str) -> dict[str, str]:
    """Nothing of the instructor's environment."""
    here = Path(__file__).resolve().parent.parent
    home = "/tmp" if mode == "none" else "/submission"
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": home,
        "LOGNAME": "student",
        "USER": "student",
        "TMPDIR": home,
        "MPLCONFIGDIR": home,
        "MPLBACKEND": "Agg",
        "PYTHONPATH": str(here) if mode == "none" else CODE,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "LANG": "C.UTF-8",
        "TORCH_COMPILE_DISABLE": "1",  # there is no compiler for it: what is compiled runs as is
        # Tensors of a megabyte come and go: memory that is kept need not be mapped again.
        "MALLOC_MMAP_THRESHOLD_": str(1 << 28),
        "MALLOC_TRIM_THRESHOLD_": str(1 << 28),
    }


def _bubblewrap(mode: str) -> list[str]:
    """A file system of Python, its packages and lmlib, all read-only, and nothing else."""
    command = [
        shutil.which("bwrap") or "bwrap",  # a student's PATH may not lead there
        "--die-with-parent",
        "--as-pid-1",
        "--new-session",
        "--unshare-ipc",
        "--unshare-net",
    ]
    command += ["--unshare-pid", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "grader"]
    if mode == "user":
        command += ["--unshare-user"]
    for name in ("SYS_ADMIN", "SETUID", "SETGID", "SETPCAP", "KILL", "SYS_RESOURCE", "SYS_PTRACE"):
        command += ["--cap-add", f"CAP_{name}"]
    for path in (*SYSTEM, *SYSTEM_EXTRA):
        command += _bind(path)
    for path in dict.fromkeys((sys.base_prefix, sys.prefix)):
        command += _bind(path, path)  # also where it is a symbolic link
    command += ["--proc", "/proc", "--tmpfs", "/submission", "--tmpfs", "/dev", "--dir", "/dev/shm"]
    if not any(path.startswith("/tmp/") for path in (sys.base_prefix, sys.prefix)):
        command += ["--symlink", "submission", "/tmp"]  # where notebooks put what they forget
    for name in ("null", "zero", "full", "random", "urandom"):  # no terminals
        command += ["--dev-bind", f"/dev/{name}", f"/dev/{name}"]
    command += _bind(str(Path(__file__).resolve().parent), f"{CODE}/lmgrade")  # no secret
    command += _trusted()
    command += ["--remount-ro", "/dev", "--remount-ro", "/"]
    return [*command, "--chdir", "/submission", "--"]


def _bind(path: str, target: str | None = None) -> list[str]:
    """Bind what exists and keep symbolic links such as /bin → usr/bin."""
    if target is None and os.path.islink(path):
        return ["--symlink", os.readlink(path), path]
    target = target or path
    # Folders that bubblewrap makes on the way would be closed to the worker's own user.
    parents = reversed(list(Path(target).parents)[:-1])
    made = [word for parent in parents for word in ("--perms", "0755", "--dir", str(parent))]
    return [*made, "--ro-bind-try", path, target]


def _trusted() -> list[str]:
    """lmlib at a place that workers do not see, and nowhere else."""
    command = _bind(str(_lmlib()), f"{TRUSTED}/lmlib")
    installed = {Path(entry) / "lmlib" for entry in sys.path}
    for path in sorted(path for path in installed if path.is_dir()):
        if any(path.is_relative_to(prefix) for prefix in (sys.base_prefix, sys.prefix)):
            command += ["--tmpfs", str(path), "--remount-ro", str(path)]
    return command


def _lmlib() -> Path:
    spec = importlib.util.find_spec("lmlib")  # importing it would import PyTorch here as well
    if spec is None or spec.origin is None:
        raise SandboxError("lmlib is not installed; run: pip install -e .")
    return Path(spec.origin).resolve().parent
