"""A worker that breaks the protocol is given up at once, whatever it sends."""

import socket
import struct
import threading

import msgpack
import pytest

from lmgrade.grading import protocol
from lmgrade.grading.limits import Limits
from lmgrade.grading.link import Link, WorkerLost
from lmgrade.grading.standins import Session

NOBODY = 1 << 22  # no process has this number
LIMITS = Limits(total_cpu=5, blocked=0.6, waits=1)


def framed(data: bytes) -> bytes:
    return struct.pack("!Q", len(data)) + data


def deep(levels: int) -> bytes:
    return b"\x91" * levels + b"\xc0"


ODD = {
    "a size that nobody has": struct.pack("!Q", 1 << 62),
    "the largest size": b"\xff" * 8,
    "no message": framed(b""),
    "a deep list": framed(deep(100_000)),
    "a number": framed(b"\x03"),
    "two messages in one": framed(b"\x03\x03"),
    "half a text": framed(b"\xd9\xffab"),
    "a list that is not there": framed(b"\xdd\xff\xff\xff\xff"),
    "a map that is not there": framed(b"\xdf\xff\xff\xff\xff"),
    "an unknown kind of value": framed(msgpack.packb(msgpack.ExtType(9, b"x"))),
    "a reference to nothing": framed(msgpack.packb(msgpack.ExtType(2, b"\xc0"))),
    "a reference that is no number": framed(
        msgpack.packb(msgpack.ExtType(2, b"\x81\xa6handle\xa1x"))
    ),
    "a pickle": framed(b"\x80\x04\x95\x00."),
    "a tensor of a wrong size": framed(
        msgpack.packb(msgpack.ExtType(1, protocol.pack(["tensor", "float32", [1 << 40], b"1234"])))
    ),
    "a callback that nobody has": framed(msgpack.packb({"callback": 7, "args": [], "kwargs": {}})),
    "a callback without arguments": framed(msgpack.packb({"callback": -1})),
    "silence": b"",
    "half a size": b"\0\0\0",
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_no_reply_ends_the_conversation(name: str) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        session = Session(Link(ours, NOBODY, LIMITS))
        theirs.sendall(ODD[name])
        with pytest.raises(WorkerLost):
            session.ask("names", names=["f"])
        assert session.link.lost


def test_bytes_that_drip_have_an_end() -> None:
    ours, theirs = socket.socketpair()
    link = Link(ours, NOBODY, LIMITS)
    stop = threading.Event()

    def drip() -> None:
        theirs.sendall(struct.pack("!Q", 1 << 20))
        while not stop.wait(0.05):
            try:
                theirs.sendall(b"x")
            except OSError:
                return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        with pytest.raises(WorkerLost):
            link.receive(lambda told: told)
    finally:
        stop.set()
        thread.join()
        theirs.close()
