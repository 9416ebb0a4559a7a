"""Jobs and results as JSON, between the command line and a checker."""

import functools
import json
import socket
import struct
from typing import Any

from lmgrade.assignment import Assignment, Cell
from lmgrade.submission import Step, Submission

LENGTH = struct.Struct("!Q")


def job(assignment: Assignment, submission: Submission) -> dict[str, Any]:
    """Everything that a checker has to know; it opens no file of the course."""
    cells = [[c.id, c.kind, c.source, c.points] for c in assignment.cells]
    steps = [[s.name, s.source, s.test] for s in submission.steps]
    return {
        "assignment": {"name": assignment.name, "cells": cells},
        "submission": {"steps": steps, "flags": submission.flags},
    }


def read(tree: Any) -> tuple[Assignment, Submission]:
    """The inverse of `job`."""
    ours, theirs = tree["assignment"], tree["submission"]
    assignment = Assignment(ours["name"], tuple(Cell(*cell) for cell in ours["cells"]))
    submission = Submission([Step(*s) for s in theirs["steps"]], list(theirs["flags"]))
    return _known(assignment), submission


@functools.lru_cache(maxsize=1)
def _known(assignment: Assignment) -> Assignment:
    """The first of equal assignments: what follows from its cells is found only once."""
    return assignment


def send(link: socket.socket, value: Any) -> None:
    """Write one value, its length first."""
    data = json.dumps(value).encode()
    link.sendall(LENGTH.pack(len(data)) + data)


def receive(link: socket.socket) -> Any:
    """Read one value; `None` if the other side hung up."""
    buffer, wanted = bytearray(), LENGTH.size
    while len(buffer) < wanted:
        if not (chunk := link.recv(1 << 18)):
            return None
        buffer += chunk
        if wanted == LENGTH.size <= len(buffer):
            wanted += LENGTH.unpack(buffer[: LENGTH.size])[0]
    return json.loads(buffer[LENGTH.size :])
