"""What is noted of each graded submission: for reports, and to know what is still to do."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from lmgrade.grading.result import Result
from lmgrade.notebook.release import write_whole
from lmgrade.notebook.submission import TIME, HandedIn

RECORDS = ".lmgrade"  # in the course's folder


class Paths:
    """Where a student's files are; `submitted`, `autograded` and `record` of one submission.

    Kept as text, for there may be very many, and a path takes a thousand bytes.
    """

    __slots__ = ("_autograded", "_record", "_submitted", "student")

    def __init__(self, student: str, submitted: Path, autograded: Path, record: Path) -> None:
        self.student = student
        self._submitted, self._autograded = str(submitted), str(autograded)
        self._record = str(record)

    @property
    def submitted(self) -> Path:
        return Path(self._submitted)

    @property
    def autograded(self) -> Path:
        return Path(self._autograded)

    @property
    def record(self) -> Path:
        return Path(self._record)


def fingerprint(found: HandedIn) -> str:
    """A number for what was handed in, which another file or another time would change."""
    parts = [found.exchanged.get(TIME), found.notebook, found.files, found.flags, found.problem]
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()


def read_record(paths: Paths) -> dict[str, Any]:
    """A submission's record; an empty one if there is none that can be read."""
    try:
        found = json.loads(paths.record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_record(paths: Paths, result: Result, seen: str, tests: str) -> None:
    """Keep messages and flags for `lmgrade report`; the gradebook has no room for them."""
    paths.record.parent.mkdir(parents=True, exist_ok=True)
    folder = os.path.relpath(paths.submitted)  # from the course's folder, where grading runs
    tree = {"student": paths.student, "folder": folder, "submitted": seen, "tests_seen": tests}
    tree |= result.to_dict()
    tree.pop("outputs")
    write_whole(paths.record, json.dumps(tree))
