"""Jobs and results as JSON lines, between the command line and the warm process."""

import json
import os
from collections import deque
from typing import Any

from lmgrade.assignment import Assignment, Cell
from lmgrade.submission import Step, Submission


def job(id: int, assignment: Assignment, submission: Submission) -> dict[str, Any]:
    """Everything that the warm process has to know; it opens no file of the course."""
    cells = [[c.id, c.kind, c.source, c.points] for c in assignment.cells]
    steps = [[s.name, s.source, s.test] for s in submission.steps]
    return {
        "id": id,
        "assignment": {"name": assignment.name, "cells": cells},
        "submission": {"steps": steps, "flags": submission.flags},
    }


def read_assignment(tree: Any) -> Assignment:
    return Assignment(tree["name"], tuple(Cell(*cell) for cell in tree["cells"]))


def read_submission(tree: Any) -> Submission:
    return Submission([Step(*step) for step in tree["steps"]], list(tree["flags"]))


def write_line(fd: int, value: Any) -> None:
    """Write one JSON line, however many writes it takes."""
    data = memoryview(json.dumps(value).encode() + b"\n")
    while data:
        data = data[os.write(fd, data) :]


class LineReader:
    """Lines from a descriptor, without ever waiting for more than there is."""

    def __init__(self, fd: int) -> None:
        self.pending: deque[bytes] = deque()
        self.ended = False
        self._fd = fd
        self._rest = b""

    def read(self) -> None:
        chunk = os.read(self._fd, 1 << 20)
        self.ended = not chunk
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self.pending.extend(line for line in lines if line)
