"""Grades as a table that nbgrader, Canvas or Moodle writes or imports."""

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lmgrade.assignment import NothingGraded, expect_known

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(root: Path, name: str, kind: str) -> str:
    """The scores of an assignment as CSV in the columns that the system expects."""
    submissions = _submissions(root, name)
    rows = {"nbgrader": _nbgrader, "canvas": _canvas, "moodle": _moodle}[kind](name, submissions)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(map(inert, rows))
    return text.getvalue()


def inert(row: Sequence[Any]) -> list[Any]:
    """A row whose texts a spreadsheet takes for texts; a formula could send the others away."""
    return [f"'{v}" if isinstance(v, str) and v.startswith(FORMULA) else v for v in row]


def _submissions(root: Path, name: str) -> list[dict[str, Any]]:
    from nbgrader.api import Gradebook, MissingEntry
    from nbgrader.apps import NbGrader
    from sqlalchemy.exc import SQLAlchemyError

    from lmgrade.plugin import configure, unusable

    before = os.getcwd()
    os.chdir(root)
    try:
        app = NbGrader()
        configure(app, [])
        _expect_gradebook(app.coursedir.db_url)
        with Gradebook(app.coursedir.db_url, app.coursedir.course_id) as gradebook:
            found = gradebook.find_assignment(name).submissions
            rows = [_row(submission) for submission in found]
    except MissingEntry:
        rows = []
    except SQLAlchemyError as error:
        raise NothingGraded(unusable(app.coursedir.db_url, error)) from None
    finally:
        os.chdir(before)
    if not rows:
        expect_known(name, root)
        raise NothingGraded(
            f"the gradebook has no grades for {name!r}; run: lmgrade autograde {name}"
        )
    return sorted(rows, key=lambda row: row["student"])


def _expect_gradebook(url: str) -> None:
    """nbgrader would make an empty one, wherever it is asked."""
    from sqlalchemy.engine import make_url

    where = make_url(url)
    if where.get_backend_name() == "sqlite" and not Path(str(where.database)).is_file():
        raise NothingGraded(f"there is no gradebook {where.database}; is this the course's folder?")


def _row(submission: Any) -> dict[str, Any]:
    student = submission.student
    penalty = float(submission.late_submission_penalty or 0)
    return {
        "student": student.id,
        "lms_id": student.lms_user_id or "",
        "first": student.first_name or "",
        "last": student.last_name or "",
        "email": student.email or "",
        "timestamp": submission.timestamp or "",
        "duedate": submission.assignment.duedate or "",
        "raw": float(submission.score),
        "penalty": penalty,
        "score": max(0.0, float(submission.score) - penalty),
        "max": float(submission.max_score),
    }


def _nbgrader(name: str, rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """The columns of `nbgrader export`."""
    head = "assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,"
    head += "late_submission_penalty,score,max_score"
    keys = ("duedate", "timestamp", "student", "last", "first", "email", "raw", "penalty", "score")
    return [head.split(","), *([name, *(row[key] for key in keys), row["max"]] for row in rows)]


def _canvas(name: str, rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Canvas's gradebook import: five columns to find a student, then the assignment."""
    highest = rows[0]["max"]
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", name]
    points = ["    Points Possible", "", "", "", "", highest]
    body = [
        [_canvas_name(row), row["lms_id"], "", row["student"], "", row["score"]] for row in rows
    ]
    return [head, points, *body]


def _canvas_name(row: dict[str, Any]) -> str:
    return f"{row['last']}, {row['first']}" if row["last"] else str(row["student"])


def _moodle(name: str, rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Moodle's grade import: who, and the grade under the assignment's name."""
    head = ["Username", "ID number", "Email address", name]
    return [head, *([row["student"], row["lms_id"], row["email"], row["score"]] for row in rows)]
