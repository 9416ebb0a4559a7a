"""Jobs and results as JSON, between the command line and a checker."""

import json
import socket
from typing import Any

from lmgrade.assignment import Assignment, Cell
from lmgrade.submission import Step, Submission


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
    return assignment, Submission([Step(*s) for s in theirs["steps"]], list(theirs["flags"]))


def send(link: socket.socket, value: Any) -> None:
    """Write one value and say that no more will come."""
    link.sendall(json.dumps(value).encode())
    link.shutdown(socket.SHUT_WR)


def receive(link: socket.socket) -> Any:
    """Read one value to its end; `None` if the other side ended without one."""
    data = bytearray()
    while chunk := link.recv(1 << 18):
        data += chunk
    return json.loads(data) if data else None
