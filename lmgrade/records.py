"""What is noted of each graded submission: for reports, and to know what is still to do."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lmgrade.files import write_whole
from lmgrade.gradebook import read_timestamp
from lmgrade.result import Result
from lmgrade.submission import Unreadable, read_text


@dataclass(frozen=True)
class Paths:
    """Where a student's files are; `submitted`, `autograded` and `record` of one submission."""

    student: str
    submitted: Path
    autograded: Path
    record: Path


def is_done(paths: Paths, name: str) -> bool:
    """Whether this very submission was graded: the folder is whole, and what is there the same."""
    if not (paths.autograded / f"{name}.ipynb").is_file():
        return False
    return bool(_read(paths).get("submitted") == fingerprint(paths, name))


def fingerprint(paths: Paths, name: str) -> str:
    """A number for what was handed in, which another notebook or another time would change."""
    try:
        text = read_text(paths.submitted / f"{name}.ipynb")
    except Unreadable as error:
        text = str(error)
    when = read_timestamp(paths.submitted)
    return hashlib.sha256(f"{when} {text}".encode()).hexdigest()


def record_of(folder: Path, student: str) -> Path:
    """Where a submission's record lies: a student's folder may have as long a name as any file."""
    name = os.fsencode(student)
    return folder / f"{student if len(name) < 200 else hashlib.sha256(name).hexdigest()}.json"


def tests_of(paths: Paths) -> str | None:
    """By which tests a submission was graded, if its record tells."""
    found: str | None = _read(paths).get("tests_seen")
    return found


def flags_of(paths: Paths) -> list[str]:
    """What looked odd when the submission was graded before."""
    found: list[str] = _read(paths).get("flags", [])
    return found


def _read(paths: Paths) -> dict[str, Any]:
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
