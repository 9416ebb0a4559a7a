"""The checker's end of the socket to one worker: requests, budgets and hostile replies."""

import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable
from typing import Any

from lmgrade.grading import protocol
from lmgrade.grading.limits import Limits

GLANCE = 0.25  # seconds between two looks at a worker that is still busy
INTERRUPT_CPU = 2.0  # CPU seconds that code gets to end when it is interrupted
ENDED = "your code ended the process it ran in (a crash, or an exit)"


class WorkerLost(BaseException):
    """The worker is gone or was stopped; not an `Exception`, so that no check swallows it."""


class Link:
    """A worker: messages to it and from it, within what it may use.

    `spent` and `waited` are seconds of workers before it.
    """

    def __init__(
        self, link: socket.socket, pid: int, limits: Limits, spent: float = 0.0, waited: float = 0.0
    ) -> None:
        self.limits = limits
        self.lost: str | None = None
        self.interrupted: str | None = None  # why code was stopped that goes on living
        self._socket, self._pid = link, pid
        self._socket.settimeout(GLANCE)
        self._allowed, self._what = limits.total_cpu - spent, "your code"
        self._most = self._allowed
        self.waited = waited  # seconds in which nothing was done, in all

    def cpu(self) -> float:
        """CPU seconds of the worker's process; the kernel tells them without /proc."""
        try:
            return time.clock_gettime((~self._pid << 3) | 2)
        except OSError:
            return 0.0

    def allow(self, seconds: float, what: str) -> None:
        """Allow so many CPU seconds from now on, as long as it has any left."""
        self._allowed = min(self.cpu() + seconds, self._most)
        self._what = f"{what} used more than {seconds:.0f} s of computing time"
        self.interrupted = None

    def send(self, message: Any, encode: protocol.Encode) -> None:
        """Send one message, as long as the worker reads it within its budget."""
        if self.lost:
            raise WorkerLost(self.lost)
        view = memoryview(protocol.frame(message, encode))
        self._begin()
        try:
            while view:
                try:
                    view = view[self._socket.send(view) :]
                except TimeoutError:
                    self._glance()
        except OSError:
            self.lose(ENDED)

    def receive(self, decode: protocol.Decode) -> Any:
        """The next message of the worker."""
        self._begin()
        try:
            start = self._read(protocol.LENGTH.size)
            return protocol.unpack(self._read(protocol.frame_size(start)), decode)
        except protocol.ProtocolError as error:
            self.lose(f"the submission's process broke the protocol ({error})")
        except OSError:
            self.lose(ENDED)

    def _read(self, size: int) -> bytearray:
        buffer = bytearray()
        while len(buffer) < size:
            if time.monotonic() > self._looked + GLANCE:  # also where bytes drip
                self._glance()
            try:
                chunk = self._socket.recv(min(size - len(buffer), 1 << 20))
            except TimeoutError:
                self._glance()
                continue
            if not chunk:
                raise ConnectionError
            buffer += chunk
        return buffer

    # --- looking after it -------------------------------------------------------------------

    def _begin(self) -> None:
        self._looked = self._busy_at = time.monotonic()
        self._cpu_then = self.cpu()

    def _glance(self) -> None:
        """Stop a worker that has used up its budget, or that sleeps for good."""
        now, used = time.monotonic(), self.cpu()
        if used > self._cpu_then + 0.02:
            self._busy_at, self._cpu_then = now, used
        else:
            self.waited += now - self._looked
        self._looked = now
        if used > self._allowed:
            self._interrupt(self._what)
            self._allowed = used + INTERRUPT_CPU
        if now - self._busy_at > self.limits.blocked:
            self._interrupt(f"your code waited for {self.limits.blocked:.0f} s and did nothing")
            self._busy_at = now
        if self.waited > self.limits.waits:
            self.lose(f"your code waited for more than {self.limits.waits:.0f} s in all")

    def _interrupt(self, reason: str) -> None:
        """Raise KeyboardInterrupt in the student's code, which spares the rest; then give up."""
        if self.interrupted:
            self.lose(reason)
        self.interrupted = reason
        self._signal(signal.SIGINT)

    def _signal(self, number: int) -> None:
        with contextlib.suppress(OSError):
            os.kill(self._pid, number)

    def lose(self, reason: str) -> Any:
        """Give the worker up."""
        self.lost = reason
        self.close()
        raise WorkerLost(reason)

    def close(self) -> None:
        self._signal(signal.SIGKILL)
        self._socket.close()


NewWorker = Callable[[], tuple[socket.socket, int]]
