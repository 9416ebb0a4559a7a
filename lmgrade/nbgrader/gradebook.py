"""What grading a submission asks of nbgrader's gradebook, over one connection."""

import datetime
import errno
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbgrader
from alembic.script import ScriptDirectory
from nbformat import NotebookNode
from nbgrader import api, preprocessors, utils
from nbgrader.api import Gradebook, SubmittedAssignment
from sqlalchemy import exc, text
from sqlalchemy.engine import URL, make_url

from lmgrade.grading.result import Result
from lmgrade.notebook.assignment import Refused

# nbgrader's own list for generate_assignment, up to the one that fills the gradebook.
STEPS = (
    preprocessors.LockCells,
    preprocessors.ClearSolutions,
    preprocessors.ClearOutput,
    preprocessors.CheckCellMetadata,
    preprocessors.ComputeChecksums,
)
PAUSES = (0.1, 0.5, 2.0)  # seconds before a transaction is tried again
# Two people may open a new database at the same moment, and both fill it.
CLASH = (exc.IntegrityError, exc.ProgrammingError, api.InvalidEntry)
YEARS = range(1970, 9999)  # of a time that can be shown wherever its reader may live


def alembic_version() -> str:
    """The version of the tables of the nbgrader at hand."""
    return str(ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head())


# For each new gradebook nbgrader asks the command `alembic`, which takes two seconds to answer.
api.get_alembic_version = alembic_version


def sqlite_file(url: str | URL) -> Path | None:
    """The file that a database is, if it is one."""
    where = make_url(url)
    return Path(str(where.database)) if where.get_backend_name() == "sqlite" else None


def open_gradebook(db_url: str, course_id: str) -> Gradebook:
    """The gradebook; a file is made in one step, as nbgrader never mends one that is half made."""
    where, path = make_url(db_url), sqlite_file(db_url)
    if path and not (path.exists() or where.query):
        unfinished = path.with_name(f"{path.name}.unfinished{os.getpid()}")
        unfinished.unlink(missing_ok=True)
        Gradebook(str(where.set(database=str(unfinished))), course_id).close()
        try:
            os.link(unfinished, path)
        except FileExistsError:  # somebody else's, made meanwhile
            pass
        except OSError:  # a file system without links
            os.replace(unfinished, path)
        unfinished.unlink(missing_ok=True)
    return _attempt(lambda: Gradebook(db_url, course_id), CLASH)


def register(gradebook: Gradebook, db_url: str, name: str, notebook: NotebookNode) -> NotebookNode:
    """Make sure that the gradebook has the assignment; return its cells with checksums.

    The result is the released form of the cells with the hidden tests still in.
    """
    gradebook.update_or_create_assignment(name)
    where = {"notebook": name, "assignment": name, "db_url": db_url}
    resources: dict[str, Any] = {"nbgrader": where}
    try:
        for step in STEPS:
            notebook, resources = step().preprocess(notebook, resources)
        if not _is_known(gradebook, name, notebook):
            gradebook.db.rollback()  # SaveCells has a connection of its own, and adds a course
            save = preprocessors.SaveCells().preprocess
            _attempt(lambda: save(notebook, resources), CLASH)
    except RuntimeError as error:  # the gradebook knows other cells
        raise Refused(
            f"{error}. Restore the cells; or give all its grades up, those by hand too: "
            f"nbgrader db assignment remove {name} --force, then grade again"
        ) from None
    gradebook.db.expire_all()
    return notebook


def _is_known(gradebook: Gradebook, name: str, notebook: NotebookNode) -> bool:
    """Whether the gradebook's grade cells and points are those of the source."""
    try:
        found = gradebook.find_notebook(name, name)
    except api.MissingEntry:
        return False
    wanted = {
        (c.metadata.nbgrader.grade_id, float(c.metadata.nbgrader.points))
        for c in notebook.cells
        if utils.is_grade(c)
    }
    return wanted == {(cell.name, float(cell.max_score)) for cell in found.grade_cells}


def transact(gradebook: Gradebook, work: Callable[[], object]) -> None:
    """Do all in one transaction, and once more after a lost connection, a lock, or a clash.

    Two people who grade may both want to add the same student at the same moment. What is read and
    written happens at once or not at all, whoever else writes.
    """
    session = gradebook.db

    def once() -> None:
        try:
            if gradebook.engine.dialect.name == "sqlite":  # it would only begin at the first change
                session.execute(text("BEGIN IMMEDIATE"))
            with session.no_autoflush:
                work()
            session.commit()
        except BaseException:
            session.rollback()
            raise

    _attempt(once, (exc.DBAPIError,))


def _attempt(work: Callable[[], Any], errors: tuple[type[Exception], ...]) -> Any:
    for pause in PAUSES:
        try:
            return work()
        except errors:
            time.sleep(pause)
    return work()


def ends_all(gradebook: Gradebook, error: Exception) -> str:
    """Why nothing more can be recorded, of anybody; empty where the error concerns one alone."""
    if isinstance(error, OSError):
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
        return f"nothing can be written any more ({error.strerror})" if is_full else ""
    if isinstance(error, (exc.OperationalError, exc.InterfaceError)):
        return unusable(gradebook.engine.url, error)
    return ""


def unusable(url: str | URL, error: BaseException) -> str:
    """Say in one line what is wrong with a gradebook, without its password."""
    try:
        where = make_url(url).render_as_string(hide_password=True)
    except exc.SQLAlchemyError:
        where = "named in the configuration"
    return f"the gradebook {where} cannot be used: {str(error).splitlines()[0]}"


def entries(gradebook: Gradebook, name: str, students: Sequence[str]) -> dict[str, Any]:
    """What the gradebook has of an assignment for each of these students; new ones are added.

    As nbgrader's `update_or_create_student` and `…_submission`, but for all with three queries, and
    in the transaction at hand. The row of the assignment is locked: nobody adds the same entry.
    """
    db = gradebook.db
    wanted = db.query(api.Assignment).filter(api.Assignment.name == name)
    assignment = wanted.with_for_update().one()
    known = {each.id: each for each in db.query(api.Student).filter(api.Student.id.in_(students))}
    mine = SubmittedAssignment.assignment_id == assignment.id
    there = db.query(SubmittedAssignment).filter(mine, SubmittedAssignment.student_id.in_(students))
    found = {entry.student_id: entry for entry in there}
    for student in set(students) - found.keys():
        known[student] = known.get(student) or api.Student(id=student)
        found[student] = SubmittedAssignment(assignment=assignment, student=known[student])
        for notebook in assignment.notebooks:
            entry = api.SubmittedNotebook(notebook=notebook, assignment=found[student])
            graded = (*notebook.grade_cells, *notebook.task_cells)
            entry.grades = [api.Grade(cell=cell) for cell in graded]
            written = (*notebook.solution_cells, *notebook.task_cells)
            entry.comments = [api.Comment(cell=cell) for cell in written]
        db.add(found[student])
    return found


def record(
    gradebook: Gradebook,
    submission: Any,
    notebook: NotebookNode,
    result: Result,
    policy: Any,
    words: bool,
    flags_before: Sequence[str],
) -> None:
    """Write all scores of a submission; `words`: it holds text where an answer may stand."""
    scores = {test.grade_id: test.score for test in result.tests}
    cells = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    (entry,) = submission.notebooks
    for grade in entry.grades:
        cell, is_task = cells.get(grade.name), isinstance(grade.cell, api.TaskCell)
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
