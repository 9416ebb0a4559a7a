"""A Dask cluster of real processes on this machine, for the tests to use and to harm."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil

Found = TypeVar("Found")
Process = subprocess.Popen[bytes]
TLS = ("--tls-ca-file", "cert.pem", "--tls-cert", "cert.pem", "--tls-key", "key.pem")
SANDBOX = 4  # processes that grade a submission: bubblewrap, fork server, checker, worker


class Dask:
    """A scheduler and its workers, each of one thread; what they say goes into a file."""

    def __init__(self, folder: Path, workers: int = 2, options: tuple[str, ...] = ()) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.folder, self.options = folder, options
        self.address = f"{'tls' if options else 'tcp'}://127.0.0.1:{self.port}"
        self.processes: list[Process] = []
        self.restart(workers)

    def restart(self, workers: int) -> None:
        """A new scheduler in place of one that is gone, with new workers."""
        self.workers: list[Process] = []
        where = ("--host", "127.0.0.1", "--port", str(self.port))
        self.scheduler = self._start("dask_scheduler", where, {})
        wait_for(self._answers)
        for _ in range(workers):
            self.add_worker()

    def add_worker(self, **environment: str) -> Process:
        words = (self.address, "--nthreads", "1", "--no-nanny", "--death-timeout", "300")
        self.workers.append(self._start("dask_worker", words, environment))
        return self.workers[-1]

    def busy(self) -> list[Process]:
        """The workers in whose sandbox a student's code runs now."""
        found = []
        for worker in self.workers:
            with contextlib.suppress(psutil.Error):
                if len(psutil.Process(worker.pid).children(recursive=True)) >= SANDBOX:
                    found.append(worker)
        return found

    def end(self) -> None:
        for process in self.processes:
            kill(process)

    def _answers(self) -> bool:
        assert self.scheduler.poll() is None, (self.folder / "dask.log").read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
            return True
        return False

    def _start(self, what: str, words: tuple[str, ...], environment: dict[str, str]) -> Process:
        command = [sys.executable, "-m", f"distributed.cli.{what}", "--no-dashboard"]
        with (self.folder / "dask.log").open("ab") as log:
            process = subprocess.Popen(
                [*command, *words, *self.options],
                cwd=self.folder,
                env={**os.environ, **environment},
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process


@contextlib.contextmanager
def dask(folder: Path, workers: int = 2, options: tuple[str, ...] = ()) -> Iterator[Dask]:
    folder.mkdir(parents=True, exist_ok=True)
    cluster = Dask(folder, workers, options)
    try:
        yield cluster
    finally:
        cluster.end()


def certificate(folder: Path, certificate: str = "cert.pem", key: str = "key.pem") -> None:
    """Make one that signs itself."""
    names = "subjectAltName=IP:127.0.0.1"
    words = ["-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=toy", "-addext", names]
    made = ["openssl", "req", *words, "-keyout", key, "-out", certificate]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def wait_for(condition: Callable[[], Found], seconds: float = 300.0) -> Found:
    """Wait until a condition holds, and return what it found; fail if it does not come to hold."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)
    return found
