"""What grading a submission asks of nbgrader's gradebook, over one connection."""

import datetime
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import preprocessors, utils
from nbgrader.api import Gradebook, MissingEntry, TaskCell
from sqlalchemy.engine import make_url

from lmgrade.grading.result import Result
from lmgrade.notebook.assignment import Refused

# nbgrader's own list for generate_assignment, as far as it fills the gradebook.
SAVE = (
    preprocessors.LockCells,
    preprocessors.ClearSolutions,
    preprocessors.ClearOutput,
    preprocessors.CheckCellMetadata,
    preprocessors.ComputeChecksums,
    preprocessors.SaveCells,
)
YEARS = range(1970, 9999)  # of a time that can be shown wherever its reader may live


class Stale(Exception):
    """The gradebook knows other cells than the instructor's source."""


def open_gradebook(db_url: str, course_id: str) -> Gradebook:
    """The gradebook; a file is made in one step, as nbgrader never mends one that is half made."""
    where = make_url(db_url)
    path = Path(str(where.database))
    if where.get_backend_name() == "sqlite" and not (path.exists() or where.query):
        unfinished = path.with_name(f"{path.name}.unfinished")
        unfinished.unlink(missing_ok=True)
        Gradebook(str(where.set(database=str(unfinished))), course_id).close()
        os.replace(unfinished, path)
    return Gradebook(db_url, course_id)


def register(gradebook: Gradebook, db_url: str, name: str, notebook: NotebookNode) -> NotebookNode:
    """Make sure that the gradebook has the assignment; return its cells with checksums.

    The result is the released form of the cells with the hidden tests still in.
    """
    gradebook.update_or_create_assignment(name)
    where = {"notebook": name, "assignment": name, "db_url": db_url}
    resources: dict[str, Any] = {"nbgrader": where}
    for step in SAVE:
        if step is preprocessors.SaveCells and _is_known(gradebook, name, notebook):
            break
        gradebook.db.rollback()  # SaveCells has a connection of its own
        try:
            notebook, resources = step().preprocess(notebook, resources)
        except RuntimeError as error:
            raise Stale(
                f"{error}. Restore the cells; or give all its grades up, those by hand too: "
                f"nbgrader db assignment remove {name} --force, then grade again"
            ) from None
    gradebook.db.expire_all()
    return notebook


def _is_known(gradebook: Gradebook, name: str, notebook: NotebookNode) -> bool:
    """Whether the gradebook's grade cells and points are those of the source."""
    try:
        found = gradebook.find_notebook(name, name)
    except MissingEntry:
        return False
    wanted = {
        (c.metadata.nbgrader.grade_id, float(c.metadata.nbgrader.points))
        for c in notebook.cells
        if utils.is_grade(c)
    }
    return wanted == {(cell.name, float(cell.max_score)) for cell in found.grade_cells}


@contextmanager
def one_transaction(gradebook: Gradebook) -> Iterator[None]:
    """Let nbgrader's functions, each of which commits, take part in one transaction.

    A commit waits for the disk; and a submission is recorded as a whole or not at all.
    """
    session = gradebook.db
    commit = session.commit
    session.commit = session.flush
    try:
        with session.no_autoflush:  # nbgrader links a new entry before it adds it
            yield
        commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        del session.commit


def record(
    gradebook: Gradebook,
    submission: Any,
    notebook: NotebookNode,
    result: Result,
    policy: Any,
    words: bool = False,
    flags_before: Sequence[str] = (),
) -> None:
    """Write all scores of a submission; `words`: it holds text where an answer may stand."""
    scores = {test.grade_id: test.score for test in result.tests}
    cells = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    (entry,) = submission.notebooks
    for grade in entry.grades:
        cell, is_task = cells.get(grade.name), isinstance(grade.cell, TaskCell)
        # An untouched or missing answer gets 0, unless it may stand elsewhere: a person decides.
        # What is asked for in a task is not in the notebook.
        unwritten = not is_task and not words and (cell is None or _is_untouched(cell))
        grade.auto_score = scores.get(grade.name, 0.0 if unwritten else None)
        if grade.manual_score is None:
            grade.needs_manual_grade = grade.auto_score is None
        else:  # somebody should look again, where something can have changed
            grade.needs_manual_grade = not is_task
    for comment in entry.comments:
        cell = cells.get(comment.name)
        unanswered = cell is not None and utils.is_grade(cell) and _is_untouched(cell)
        comment.auto_comment = "No response." if unanswered else None
    # A flag that somebody has set by hand stays.
    entry.flagged = bool(result.flags) or (entry.flagged and not flags_before)
    if submission.total_seconds_late > 0:
        gradebook.db.flush()
        gradebook.db.refresh(entry)  # its score is computed by the database
    _penalize(submission, entry, policy)


def renew_penalties(gradebook: Gradebook, assignment: Any, policy: Any) -> None:
    """Let late penalties follow what has changed since: the policy, the due date, the points."""
    for submission in assignment.submissions:
        for entry in submission.notebooks:
            _penalize(submission, entry, policy)
    gradebook.db.commit()


def _penalize(submission: Any, entry: Any, policy: Any) -> None:
    student, seconds = submission.student_id, submission.total_seconds_late
    try:
        late = policy(student, entry.score, seconds) if seconds > 0 else None
        entry.late_submission_penalty = None if late is None else max(0, min(late, entry.score))
    except Exception as error:
        text = f"the plug-in for late work fails on {student}: {type(error).__name__}: {error}"
        raise Refused(text) from None


def _is_untouched(cell: NotebookNode) -> bool:
    checksum = cell.metadata.nbgrader.get("checksum")
    return bool(utils.is_solution(cell) and checksum == utils.compute_checksum(cell))


def parse_time(text: bytes) -> datetime.datetime | None:
    """The time of handing in, in nbgrader's `timestamp.txt`; what is no time counts as none."""
    with suppress(Exception):  # reading it raises whatever the parser did not think of
        parsed: datetime.datetime = utils.parse_utc(text.decode().strip())
        return parsed if parsed.year in YEARS else None
    return None
