"""What grading a submission asks of nbgrader's gradebook, over one connection."""

import datetime
import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader import preprocessors, utils
from nbgrader.api import Gradebook, InvalidEntry, MissingEntry, TaskCell
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import NullPool
from tornado.log import app_log

from lmgrade.exchange import TIME
from lmgrade.result import Result

SAVE = (
    preprocessors.LockCells,
    preprocessors.ClearSolutions,
    preprocessors.ClearOutput,
    preprocessors.CheckCellMetadata,
    preprocessors.ComputeChecksums,
    preprocessors.SaveCells,
)


PAUSES = (0.1, 0.3, 1.0, 3.0)  # seconds until the next attempt
YEARS = range(1970, 9999)  # of a time that can be shown wherever its reader may live
LOCK = 39  # a number of our own among those that PostgreSQL locks


class Stale(Exception):
    """The gradebook knows other cells than the instructor's source."""


@contextmanager
def alone(db_url: str) -> Iterator[None]:
    """One run at a time makes tables and cells; nbgrader removes old cells, then adds new ones."""
    where = make_url(db_url)
    with ExitStack() as held:
        if where.get_backend_name() == "postgresql":
            connection = held.enter_context(create_engine(where, poolclass=NullPool).connect())
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        elif where.get_backend_name() == "sqlite":
            with suppress(OSError):  # no such folder, or one on a server that cannot lock
                folder = os.open(Path(str(where.database)).resolve().parent, os.O_RDONLY)
                held.callback(os.close, folder)
                fcntl.flock(folder, fcntl.LOCK_EX)
        yield


def open_gradebook(db_url: str, course_id: str) -> Gradebook:
    """The gradebook, made if there is none."""
    with alone(db_url):
        _make_file(db_url, course_id)
        return Gradebook(db_url, course_id)


def _make_file(db_url: str, course_id: str) -> None:
    """Make a gradebook that is a file in one step: nbgrader never mends one that is half made."""
    where = make_url(db_url)
    if where.get_backend_name() != "sqlite" or where.database in (None, "", ":memory:"):
        return
    path = Path(str(where.database))
    if path.exists() or where.query:
        return
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    Gradebook(str(where.set(database=str(unfinished))), course_id).close()
    os.replace(unfinished, path)


def insist(work: Callable[[], None]) -> None:
    """Try again what fails because another run makes the same entries or files just now."""
    before, app_log.disabled = app_log.disabled, True  # nbgrader would show each traceback
    try:
        for pause in PAUSES:
            try:
                return work()
            except (IntegrityError, InvalidEntry) as error:
                cause = error.__context__
                if isinstance(cause, OperationalError) and "locked" not in str(cause):
                    raise  # a full disk, for one: time will not help
            except OSError as error:
                if error.errno not in (errno.ENOENT, errno.EEXIST, errno.ENOTEMPTY):
                    raise
            time.sleep(pause)
        work()
    finally:
        app_log.disabled = before


def register(gradebook: Gradebook, db_url: str, name: str, notebook: NotebookNode) -> NotebookNode:
    """Make sure that the gradebook has the assignment; return its cells with checksums.

    The result is the released form of the cells with the hidden tests still in.
    """
    with alone(db_url):
        return _register(gradebook, db_url, name, notebook)


def _register(gradebook: Gradebook, db_url: str, name: str, notebook: NotebookNode) -> NotebookNode:
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


def cells_of(gradebook: Gradebook, name: str) -> list[Any]:
    """The assignment's cells; while they are held, no grade has to look up its own."""
    notebook = gradebook.find_notebook(name, name)
    return [*notebook.grade_cells, *notebook.solution_cells, *notebook.task_cells]


@contextmanager
def one_transaction(gradebook: Gradebook) -> Iterator[None]:
    """Let nbgrader's functions, each of which commits, take part in one transaction.

    A commit waits for the disk; and a submission is recorded as a whole or not at all.
    """
    session = gradebook.db
    session().expire_on_commit = False  # nobody else writes to the entries at hand
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


def submit(
    gradebook: Gradebook, assignment: str, student: str, timestamp: datetime.datetime | None
) -> Any:
    """The gradebook's entry for a student's submission, made if there is none."""
    gradebook.update_or_create_student(student)
    return gradebook.update_or_create_submission(assignment, student, timestamp=timestamp)


def record(
    gradebook: Gradebook,
    submission: Any,
    notebook: NotebookNode,
    result: Result,
    penalty: Any,
    words: bool = False,
    flags_before: Sequence[str] = (),
) -> None:
    """Write all scores of a submission; `words`: it holds text where an answer may stand."""
    scores = {test.grade_id: test.score for test in result.tests}
    cells = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    (entry,) = submission.notebooks
    for grade in entry.grades:
        is_task = isinstance(grade.cell, TaskCell)  # whose work is not in the notebook
        by_hand = None if is_task else _written_answer(cells.get(grade.name), words)
        grade.auto_score = scores.get(grade.name, by_hand)
        if grade.manual_score is None:
            grade.needs_manual_grade = grade.auto_score is None
        else:  # somebody should look again, where something can have changed
            grade.needs_manual_grade = not is_task
    for comment in entry.comments:
        comment.auto_comment = "No response." if _untouched(cells.get(comment.name)) else None
    # A flag that somebody has set by hand stays.
    entry.flagged = bool(result.flags) or (entry.flagged and not flags_before)
    entry.late_submission_penalty = None
    if submission.total_seconds_late > 0:
        gradebook.db.flush()
        gradebook.db.refresh(entry)  # its score is computed by the database
        late = penalty(submission.student.id, entry.score, submission.total_seconds_late)
        entry.late_submission_penalty = None if late is None else min(max(late, 0), entry.score)


def _written_answer(cell: NotebookNode | None, words: bool) -> float | None:
    """An untouched or missing answer gets 0, unless it may stand elsewhere: a person decides."""
    return 0.0 if (cell is None or _untouched(cell)) and not words else None


def _untouched(cell: NotebookNode | None) -> bool:
    if cell is None or not utils.is_solution(cell):
        return False
    return bool(cell.metadata.nbgrader.get("checksum") == utils.compute_checksum(cell))


def read_timestamp(folder: Path) -> datetime.datetime | None:
    """The time of handing in; a file that is no small regular file or no time counts as none."""
    with suppress(Exception):  # reading it raises whatever the parser did not think of
        # Without O_NONBLOCK, opening a pipe would wait for a writer.
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        fd = os.open(folder / TIME, flags)
        with os.fdopen(fd, "rb") as file:
            parsed: datetime.datetime = utils.parse_utc(file.read(200).decode().strip())
            return parsed if parsed.year in YEARS else None
    return None
