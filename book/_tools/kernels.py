"""Kernels forked from a warm process, behind jupyter_client's ordinary interface."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner


class Zygote:
    """The warm process; a context manager."""

    def __enter__(self) -> Zygote:
        # A session of its own: Ctrl-C goes to the builder, which then ends this process.
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("zygote.py"))],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._lock = threading.Lock()
        self._sockets = tempfile.TemporaryDirectory()
        self._answer()
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.kill()
        self._process.communicate()
        self._sockets.cleanup()

    def socket_path(self) -> str:
        """A fresh absolute prefix for a kernel's sockets (files: no ports to collide on)."""
        return str(Path(self._sockets.name, uuid.uuid4().hex[:8]))

    def fork(self, connection_file: str, cwd: str) -> ForkedKernel:
        request = {"connection_file": connection_file, "cwd": cwd}
        with self._lock:
            print(json.dumps(request), file=self._process.stdin, flush=True)
            return ForkedKernel(self._answer()["pid"])

    def _answer(self) -> dict[str, int]:
        assert self._process.stdout is not None  # a pipe, as asked for above
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(
                "the warm kernel process ended unexpectedly; its message is above. "
                "`jupyter-book build .` works without it."
            )
        return json.loads(line)


class ForkedKernel:
    """What jupyter_client needs of `subprocess.Popen`, for a process that is not our child."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def poll(self) -> int | None:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self) -> int:
        while self.poll() is None:
            time.sleep(0.02)
        return 0

    def send_signal(self, signum: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


class ForkProvisioner(LocalProvisioner):
    """Launches a kernel by asking the zygote for a fork."""

    def __init__(self, zygote: Zygote, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._zygote = zygote
        self._manager = kwargs["parent"]

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        kernel = self._zygote.fork(self._manager.connection_file, str(kwargs["cwd"]))
        self.process = kernel  # type: ignore[assignment] # it has what is used of Popen
        self.pid = self.pgid = kernel.pid  # the child leads a group of its own
        return self.connection_info


@contextmanager
def kernel_managers() -> Iterator[Callable[[], AsyncKernelManager]]:
    """A source of managers of new kernels: warm ones on Linux, ordinary ones elsewhere."""
    if sys.platform != "linux":  # there, a fork of a process that has loaded torch may crash
        yield partial(AsyncKernelManager, kernel_name="python3")
        return
    with Zygote() as zygote:
        yield partial(warm_kernel_manager, zygote)


def warm_kernel_manager(zygote: Zygote) -> AsyncKernelManager:
    manager = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=zygote.socket_path())
    manager.provisioner = ForkProvisioner(
        zygote,
        kernel_id=str(uuid.uuid4()),
        kernel_spec=manager.kernel_spec,
        parent=manager,
    )
    return manager
