"""What is noted of each graded submission: for reports, and to know what is still to do."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lmgrade.grading.result import Result
from lmgrade.notebook.release import write_whole
from lmgrade.notebook.submission import TIME, HandedIn

RECORDS = ".lmgrade"  # in the course's folder


@dataclass
class Paths:
    """A student, and where the folders and the record of one submission are."""

    student: str
    submitted: Path
    autograded: Path
    record: Path


def fingerprint(found: HandedIn) -> str:
    """A number for what was handed in, which another file or another time would change."""
    parts = [found.exchanged.get(TIME), found.notebook, found.files, found.flags, found.problem]
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()


def read_record(path: Path) -> dict[str, Any]:
    """What is noted in a file; nothing if there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
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
