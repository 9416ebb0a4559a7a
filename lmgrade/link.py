"""The checker's end of the socket to one worker: requests, budgets and hostile replies."""

import contextlib
import os
import signal
import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

from torch import Tensor

from lmgrade import wire
from lmgrade.limits import Limits
from lmgrade.watch import (
    Process,
    cpu_seconds,
    is_waiting,
    own_bytes,
    resident_bytes,
    tree_of,
)

GLANCE = 0.25  # seconds between two looks at a worker that is still busy
WARM = 600 << 20  # bytes of a process that has only imported things
INTERRUPT_CPU = 2.0  # CPU seconds that code gets to end when it is interrupted
PATIENCE = 120.0  # seconds that a fork may take on a busy machine


class WorkerLost(BaseException):
    """The worker is gone or was stopped; not an `Exception`, so that no check swallows it."""


class Link:
    """A worker: `request` sends it one message and returns its reply."""

    def __init__(self, control: socket.socket, limits: Limits) -> None:
        self.limits = limits
        self.lost: str | None = None
        self.interrupted: str | None = None
        self.socket, theirs = socket.socketpair()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        socket.send_fds(control, [b"work"], [theirs.fileno()])
        theirs.close()
        self.socket.settimeout(PATIENCE)
        self.worker = self._greeting()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        self.socket.settimeout(None)
        # The kernel's own timeouts: one system call for a message, where Python's need two.
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            timeout = struct.pack("ll", 0, int(GLANCE * 1e6))
            self.socket.setsockopt(socket.SOL_SOCKET, option, timeout)
        self._buffer = bytearray()
        self._deadline = time.monotonic() + limits.wall
        self._allowed, self._kind = limits.total_cpu, ""
        self.used = 0.0  # CPU seconds, as of the last look
        self.waited = 0.0  # seconds, likewise
        self._weighed = 0.0  # when its memory was looked at
        self._common, self._compared = 0, 0.0  # bytes that processes share, and until when they do
        self._waited_before = 0.0  # seconds, as the present request began

    def _greeting(self) -> int:
        """The process id of whoever wrote the next byte, as the kernel attests it."""
        size = struct.calcsize("3i")
        data, ancillary, _, _ = self.socket.recvmsg(1, socket.CMSG_SPACE(size))
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS and data == b"\0":
                return int(struct.unpack("3i", content[:size])[0])
        raise RuntimeError("the sandbox could not start a worker for this submission")

    @contextlib.contextmanager
    def budget(self, seconds: float, what: str) -> Iterator[None]:
        """Allow so many CPU seconds from now on."""
        before = self._allowed, self._kind
        used = cpu_seconds(tree_of(self.worker))
        self._allowed = min(used + seconds, self.limits.total_cpu)
        self._kind = f"{what} used more than {seconds:.0f} s of computing time"
        self.interrupted = None
        try:
            yield
        finally:
            self._allowed, self._kind = before

    def request(self, tree: dict[str, Any], tensors: list[Tensor]) -> tuple[Any, list[Tensor]]:
        """Send one request and wait for the reply, as long as the budget lasts."""
        if self.lost:
            raise WorkerLost(self.lost)
        if time.monotonic() > self._deadline:
            self._lose(f"the submission took more than {self.limits.wall:.0f} s")
        self._idle_since, self._idle_cpu = time.monotonic(), -1.0
        self._looked = self._idle_since
        self._waited_before = self.waited
        try:
            self._send(wire.pack(tree, tensors))
            reply, found = self._frame()
            if time.monotonic() > self._weighed + GLANCE:  # whose answers may never be late
                self._weigh(tree_of(self.worker))
        except wire.WireError as error:
            self._lose(f"the submission's process sent something unreadable: {error}")
        except OSError:
            self._lose("your code ended the process it ran in (a crash, or an exit)")
        if not isinstance(reply, dict):
            self._lose("the submission's process sent something unreadable")
        return reply, found

    def _send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[self.socket.send(view) :]
            except BlockingIOError:
                if self._has_spoken():
                    raise wire.WireError("an answer before the question") from None
                self._glance()

    def _fill(self, size: int) -> None:
        """Read until so much has come; memory grows with what arrives, not what was announced."""
        while len(self._buffer) < size:
            # A worker that sends its reply byte by byte is never silent, and never done.
            if time.monotonic() > self._looked + GLANCE:
                self._glance()
            try:
                chunk = self.socket.recv(1 << 18)
            except BlockingIOError:
                self._glance()
                continue
            if not chunk:
                raise ConnectionError
            self._buffer += chunk

    def _frame(self) -> tuple[Any, list[Tensor]]:
        """One frame, and nothing after it: a worker only speaks when it is asked."""
        start = wire.HEADER.size
        self._fill(start)
        text, data = wire.frame_sizes(bytes(self._buffer[:start]))
        self._fill(start + text + data)
        frame, self._buffer = self._buffer, bytearray()
        if len(frame) > start + text + data:
            raise wire.WireError("more than was asked for")
        return wire.read(frame)

    def _glance(self) -> None:
        """Stop a worker that has used up its budget, or that sleeps for good."""
        tree, now = tree_of(self.worker), time.monotonic()
        used, waiting = cpu_seconds(tree), is_waiting(tree) and not self._has_spoken()
        if waiting:
            self.waited += max(now - self._looked - max(used - self.used, 0.0), 0.0)
        self.used, self._looked = used, now
        if used > self._allowed:
            self._interrupt(self._kind)
            self._allowed = used + INTERRUPT_CPU
        self._weigh(tree)
        if self.waited > self.limits.waits:
            self._lose(f"your code waited for more than {self.limits.waits:.0f} s in all")
        if not waiting or used > self._idle_cpu + 0.02:
            self._idle_since, self._idle_cpu = now, used
        if now - self._idle_since > self.limits.blocked:
            self._interrupt(f"your code waited for {self.limits.blocked:.0f} s and did nothing")
            self._idle_since = now
        if self.waited - self._waited_before > (most := self.limits.waits / 2):
            self._interrupt(f"your code waited for {most:.0f} s at once")  # leave time for the rest
            self._waited_before = self.waited
        if now > self._deadline:
            self._lose(f"the submission took more than {self.limits.wall:.0f} s")

    def _weigh(self, tree: list[Process]) -> None:
        """Stop a worker that holds too much memory.

        What children have in common with their parent takes long to tell. It is told anew when more
        than that has come, and else so rarely that most of the time is left for other things.
        """
        self._weighed = start = time.monotonic()
        held, most = resident_bytes(tree), self.limits.memory + WARM
        if held - self._common > most or (held > most and start > self._compared):
            self._common = held - own_bytes(tree)
            self._compared = time.monotonic() + 3 * (time.monotonic() - start)
        if held - self._common > most:
            self._lose(f"your code used more than {self.limits.memory >> 20} MB of memory")

    def _has_spoken(self) -> bool:
        """Whether a reply is there: on a busy machine it may be this process that is late."""
        try:
            return bool(self.socket.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            return False

    def _interrupt(self, reason: str) -> None:
        """Raise KeyboardInterrupt in the student's code, which spares the rest; then give up."""
        if self.interrupted:
            self._lose(reason)
        self.interrupted = reason
        with contextlib.suppress(OSError):
            os.kill(self.worker, signal.SIGINT)

    def _lose(self, reason: str) -> Any:
        self.lost = reason
        self.close()
        raise WorkerLost(reason)

    def check_budget(self) -> None:
        """For long conversations of short requests, whose every reply is in time."""
        self._idle_since, self._idle_cpu = time.monotonic(), -1.0
        self._looked = self._idle_since  # until now it waited for us
        self._glance()

    def close(self) -> None:
        """Hang up; the warm process then ends the worker with everything that it started."""
        self.socket.close()
