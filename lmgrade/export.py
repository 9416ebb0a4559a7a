"""Grades as a table that nbgrader, Canvas or Moodle writes or imports."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import SQLAlchemyError

from lmgrade.grading.result import one_line
from lmgrade.nbgrader.autograde import solution_complaint
from lmgrade.nbgrader.gradebook import renew_penalties, sqlite_file, unusable
from lmgrade.nbgrader.plugin import entered, late_policy
from lmgrade.nbgrader.records import RECORDS
from lmgrade.notebook.assignment import Refused, expect_known

FORMULA = ("=", "+", "-", "@", "\t", "\r")
HEAD = (  # of the table of `nbgrader export`
    "assignment,duedate,timestamp,student_id,last_name,first_name,email,"
    "raw_score,late_submission_penalty,score,max_score"
)


def as_table(name: str, rows: Sequence[dict[str, Any]], kind: str, column: str = "") -> str:
    """The scores of an assignment as CSV in the columns that the system expects.

    `column` is what the platform calls the assignment. Canvas and Moodle leave a student without a
    row as they are; nbgrader lists everybody.
    """
    graded = [row for row in rows if row["graded"]]
    if kind == "nbgrader":
        keys = HEAD.split(",")
        lines = [keys, *([row[key] for key in keys] for row in rows)]
    else:
        lines = (_canvas if kind == "canvas" else _moodle)(column or name, graded)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(map(inert, lines))
    return text.getvalue()


def remarks(rows: Sequence[dict[str, Any]], kind: str) -> list[str]:
    """What the table does not show: whose grade is missing, may still grow or find nobody."""
    found = []
    if missing := [row["student_id"] for row in rows if not row["graded"]]:
        shown = "0 points" if kind == "nbgrader" else "no row"
        found.append(f"without a graded submission, so with {shown}: {listed(missing)}")
    if waiting := [row["student_id"] for row in rows if row["waiting"]]:
        why = "points by hand are missing, or were given before it was graded again"
        found.append(f"waiting for a person ({why}): {listed(waiting)}")
    keys = {"canvas": ["lms_user_id"], "moodle": ["lms_user_id", "email"]}.get(kind, ["student_id"])
    if lost := [row["student_id"] for row in rows if row["graded"] and not any(map(row.get, keys))]:
        text = "found only if the id is the login there"
        found.append(f"without {' or '.join(keys)}, {text}: {listed(lost)}")
    return found


def listed(students: Sequence[str]) -> str:
    return f"{one_line(', '.join(students))} ({len(students)})"


def inert(row: Sequence[Any]) -> list[Any]:
    """A row whose texts a spreadsheet takes for texts; a formula could send the others away."""
    return [f"'{v}" if isinstance(v, str) and v.startswith(FORMULA) else v for v in row]


def read_grades(folder: Path, name: str, anyway: bool) -> list[dict[str, Any]]:
    """A row for each student of the gradebook, in nbgrader's order.

    Grades by tests that the instructor's own solution fails are only given out `anyway`.
    """
    with entered(folder) as course, graded(course, name, anyway) as (gradebook, assignment):
        found = {entry.student_id: entry for entry in assignment.submissions}
        rows = [_row(each, assignment, found.get(each.id)) for each in gradebook.students]
    return sorted(rows, key=lambda row: (row["last_name"], row["first_name"], row["student_id"]))


@contextmanager
def graded(course: Any, name: str, anyway: bool) -> Iterator[Any]:
    """The gradebook, and its assignment, where there are grades that may be given out."""
    try:
        path = sqlite_file(course.db_url)
        if path and not path.is_file():  # nbgrader would make an empty one, wherever it is asked
            raise Refused(f"there is no gradebook {path}; is this the course's folder?")
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


def _row(student: Any, assignment: Any, submission: Any) -> dict[str, Any]:
    """What is known of a student and the submission; without one, nbgrader counts 0 points."""
    raw = float(submission.score) if submission else 0.0
    penalty = float(submission.late_submission_penalty or 0) if submission else 0.0
    return {
        "assignment": assignment.name,
        "duedate": assignment.duedate or "",
        "timestamp": (submission and submission.timestamp) or "",
        "student_id": student.id,
        "last_name": student.last_name or "",
        "first_name": student.first_name or "",
        "email": student.email or "",
        "lms_user_id": student.lms_user_id or "",
        "raw_score": raw,
        "late_submission_penalty": penalty,
        "score": max(0.0, raw - penalty),
        "max_score": float(assignment.max_score),
        "graded": submission is not None,
        "waiting": bool(submission and submission.needs_manual_grade),
    }


def _canvas(name: str, rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Canvas's gradebook import: five columns to find a student, then the assignment."""
    lines = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", name]]
    lines.append(["    Points Possible", "", "", "", "", rows[0]["max_score"]])
    for row in rows:
        student, last = row["student_id"], row["last_name"]
        shown = f"{last}, {row['first_name']}" if last else student
        lines.append([shown, row["lms_user_id"], "", student, "", row["score"]])
    return lines


def _moodle(name: str, rows: Sequence[dict[str, Any]]) -> list[list[Any]]:
    """Moodle's grade import: who, and the grade under the assignment's name."""
    keys = ("student_id", "lms_user_id", "email", "score")
    head = ["Username", "ID number", "Email address", name]
    return [head, *([row[key] for key in keys] for row in rows)]
