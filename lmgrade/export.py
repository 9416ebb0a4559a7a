"""Grades as a table that nbgrader, Canvas or Moodle writes or imports."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lmgrade.grading.result import one_line
from lmgrade.nbgrader.records import RECORDS
from lmgrade.notebook.assignment import Refused, expect_known

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_table(name: str, rows: Sequence[dict[str, Any]], kind: str, column: str = "") -> str:
    """The scores of an assignment as CSV in the columns that the system expects.

    `column` is what the platform calls the assignment. Canvas and Moodle leave a student without a
    row as they are; nbgrader lists everybody.
    """
    graded = [row for row in rows if row["graded"]]
    if kind == "nbgrader":
        lines = _nbgrader(name, rows)
    else:
        lines = (_canvas if kind == "canvas" else _moodle)(column or name, graded)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(map(inert, lines))
    return text.getvalue()


def remarks(rows: Sequence[dict[str, Any]], kind: str) -> list[str]:
    """What the table does not show: whose grade is missing, may still grow or find nobody."""
    found = []
    if missing := [row["student"] for row in rows if not row["graded"]]:
        shown = "0 points" if kind == "nbgrader" else "no row"
        found.append(f"without a graded submission, so with {shown}: {listed(missing)}")
    if waiting := [row["student"] for row in rows if row["waiting"]]:
        why = "points by hand are missing, or were given before it was graded again"
        found.append(f"waiting for a person ({why}): {listed(waiting)}")
    keys = {"canvas": ["lms_id"], "moodle": ["lms_id", "email"]}.get(kind, ["student"])
    if lost := [row["student"] for row in rows if row["graded"] and not any(map(row.get, keys))]:
        what = "lms_user_id" + " or email" * (kind == "moodle")
        found.append(f"without {what}, found only if the id is the login there: {listed(lost)}")
    return found


def listed(students: Sequence[str]) -> str:
    return f"{one_line(', '.join(students))} ({len(students)})"


def inert(row: Sequence[Any]) -> list[Any]:
    """A row whose texts a spreadsheet takes for texts; a formula could send the others away."""
    return [f"'{v}" if isinstance(v, str) and v.startswith(FORMULA) else v for v in row]


def read_grades(folder: Path, name: str, anyway: bool = False) -> list[dict[str, Any]]:
    """A row for each student of the gradebook, in nbgrader's order.

    Grades by tests that the instructor's own solution fails are only given out `anyway`.
    """
    from lmgrade.nbgrader.plugin import entered

    with entered(folder) as course, graded(course, name, anyway) as (gradebook, assignment):
        found = {entry.student_id: entry for entry in assignment.submissions}
        rows = [_row(each, assignment, found.get(each.id)) for each in gradebook.students]
    return sorted(rows, key=lambda row: (row["last"], row["first"], row["student"]))


@contextmanager
def graded(course: Any, name: str, anyway: bool = False) -> Iterator[Any]:
    """The gradebook, and its assignment, where there are grades that may be given out."""
    from nbgrader.api import Gradebook, MissingEntry
    from sqlalchemy.exc import SQLAlchemyError

    from lmgrade.nbgrader.autograde import solution_complaint
    from lmgrade.nbgrader.gradebook import renew_penalties, unusable
    from lmgrade.nbgrader.plugin import late_policy

    try:
        _expect_gradebook(course.db_url)
        with Gradebook(course.db_url, course.course_id) as gradebook:
            try:
                assignment = gradebook.find_assignment(name)
            except MissingEntry:
                assignment = None
            if assignment is None or not assignment.submissions:
                expect_known(name, Path(course.source_directory))
                text = f"the gradebook has no grades for {name!r}"
                raise Refused(f"{text}; run: lmgrade autograde {name}")
            complaint = solution_complaint(Path(course.root) / RECORDS / name)
            if complaint and not anyway:
                raise Refused(f"{complaint}\nNothing is given out (--anyway does all the same).")
            renew_penalties(gradebook, assignment, late_policy(course.parent))
            yield gradebook, assignment
    except SQLAlchemyError as error:
        raise Refused(unusable(course.db_url, error)) from None


def _expect_gradebook(url: str) -> None:
    """nbgrader would make an empty one, wherever it is asked."""
    from sqlalchemy.engine import make_url

    where = make_url(url)
    if where.get_backend_name() == "sqlite" and not Path(str(where.database)).is_file():
        raise Refused(f"there is no gradebook {where.database}; is this the course's folder?")


def _row(student: Any, assignment: Any, submission: Any) -> dict[str, Any]:
    """What is known of a student and the submission; without one, nbgrader counts 0 points."""
    raw = float(submission.score) if submission else 0.0
    penalty = float(submission.late_submission_penalty or 0) if submission else 0.0
    return {
        "student": student.id,
        "lms_id": student.lms_user_id or "",
        "first": student.first_name or "",
        "last": student.last_name or "",
        "email": student.email or "",
        "timestamp": (submission and submission.timestamp) or "",
        "duedate": assignment.duedate or "",
        "raw": raw,
        "penalty": penalty,
        "score": max(0.0, raw - penalty),
        "max": float(assignment.max_score),
        "graded": submission is not None,
        "waiting": bool(submission and submission.needs_manual_grade),
    }


def _nbgrader(name: str, rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """The table of `nbgrader export`."""
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
