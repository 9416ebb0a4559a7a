"""Put lmgrade into nbgrader: `nbgrader autograde` and the Formgrader then grade with it.

`nbgrader_config.py` calls `install`; everything else of nbgrader stays as it is.
"""

import datetime
import glob
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde, NbGraderException

from lmgrade.assignment import BadConfig, UnknownAssignment
from lmgrade.course import in_folder
from lmgrade.limits import Limits
from lmgrade.pool import Pool
from lmgrade.result import one_line
from lmgrade.sandbox import SandboxError


@dataclass
class Options:
    """What `lmgrade autograde` adds to nbgrader's own options."""

    workers: int | None = None
    sandbox: bool = True
    limits: Limits | None = None


OPTIONS = Options()


def install(workers: int | None = None, sandbox: bool = True, limits: Limits | None = None) -> None:
    """Let nbgrader's autograde command and button run lmgrade."""
    from nbconvert.filters import markdown_mistune
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.exchange.default import ExchangeReleaseFeedback

    from lmgrade.exchange import copy_pages

    OPTIONS.workers = OPTIONS.workers or workers
    OPTIONS.sandbox = OPTIONS.sandbox and sandbox
    OPTIONS.limits = OPTIONS.limits or limits
    Autograde.start = start
    # A heading's id could be that of a box for points, which would then be a student's own cell.
    markdown_mistune.add_anchor = lambda html, **_: html
    NbGraderAPI.get_submitted_timestamp = submitted_timestamp
    ExchangeReleaseFeedback.copy_files = copy_pages


def start(converter: Autograde) -> None:
    """Stands in for `Autograde.start`: same folders, same gradebook, other engine."""
    from nbgrader.api import InvalidEntry, MissingEntry
    from sqlalchemy.exc import SQLAlchemyError

    from lmgrade.gradebook import Stale

    with in_folder(converter.coursedir.root):
        try:
            _grade(converter)
        except (SandboxError, UnknownAssignment, Stale) as error:
            converter.log.error(str(error))
            raise NbGraderException(str(error)) from None
        except (SQLAlchemyError, InvalidEntry, MissingEntry, ModuleNotFoundError) as error:
            text = unusable(converter.coursedir.db_url, error)
            converter.log.error(text)
            raise NbGraderException(text) from None


def submitted_timestamp(api: Any, assignment: str, student: str) -> datetime.datetime | None:
    """Stands in for the Formgrader's own, which one odd file keeps from listing all students."""
    from lmgrade.gradebook import read_timestamp

    course = api.coursedir
    return read_timestamp(Path(course.format_path(course.submitted_directory, student, assignment)))


def unusable(url: str, error: Exception) -> str:
    """Say in one line what is wrong with a gradebook, without its password."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    try:
        where = make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        where = "named in the configuration"
    return f"the gradebook {where} cannot be used: {str(error).splitlines()[0]}"


def _grade(converter: Autograde) -> None:
    from lmgrade.autograde import Grading, Solution
    from lmgrade.gradebook import open_gradebook, register
    from lmgrade.records import tests_of
    from lmgrade.report import RECORDS

    course = converter.coursedir
    name = course.assignment_id
    source = source_notebook(course.source_directory, name)
    todo, before = _submissions(converter, name)
    recorded = _recorded(course, name) if before else set()
    done = [paths.student for paths in before if paths.student in recorded]
    todo += [paths for paths in before if paths.student not in recorded]
    solution = Solution(name, source.cells, Path(course.root) / RECORDS / name / "solution")
    if others := [p.student for p in before if tests_of(p) not in (None, solution.seen)]:
        text = "%d submissions were graded by other tests or points; --force grades them again"
        converter.log.warning(text, len(others))
    if not todo and solution.has_passed:
        converter.log.info("Nothing to do: %d submissions were graded before", len(done))
        return
    # The warm processes get ready while the gradebook is opened.
    with (
        Pool(
            OPTIONS.workers, OPTIONS.sandbox, OPTIONS.limits, _modules(source), _private(course)
        ) as pool,
        open_gradebook(course.db_url, course.course_id) as gradebook,
    ):
        source = register(gradebook, course.db_url, name, source)
        pool.wait()
        grading = Grading(name, source, gradebook, _penalty(converter), solution)
        grading.summary.skipped = done
        summary = grading.run(todo, pool, converter.log, progress=sys.stderr.isatty())
    for line in summary.lines():
        converter.log.warning(line) if summary.flagged or summary.failed else converter.log.info(
            line
        )
    if trouble := summary.trouble():
        converter.log.error(trouble)
        raise NbGraderException(trouble)


def source_notebook(folder: str, name: str) -> Any:
    """The instructor's notebook: `solutions/NAME.py`, or nbgrader's own `NAME/NAME.ipynb`."""
    import jupytext

    from lmgrade.assignment import is_name
    from lmgrade.release import solution_notebook

    own, nbgraders = Path(folder) / f"{name}.py", Path(folder) / name / f"{name}.ipynb"
    if is_name(name) and own.is_file():
        return solution_notebook(own)
    notebooks = sorted(nbgraders.parent.glob("*.ipynb")) if is_name(name) else []
    if notebooks == [nbgraders]:
        return jupytext.read(nbgraders)
    if notebooks:
        found = ", ".join(path.name for path in notebooks)
        text = f"an assignment has one notebook, {nbgraders.name}; in {nbgraders.parent}: {found}"
        raise UnknownAssignment(f"{text}. Make an assignment of each of them.")
    there = {path.stem for path in Path(folder).glob("*.py")}
    there |= {path.parent.name for path in Path(folder).glob("*/*.ipynb")}
    raise UnknownAssignment(
        f"no assignment {name!r} in {folder}/; there are: {', '.join(sorted(there)) or 'none'}. "
        "Run this in the folder of the course, which holds nbgrader_config.py."
    )


def _private(course: Any) -> list[Path]:
    """The course's folder, and a gradebook or submissions that lie elsewhere."""
    from sqlalchemy.engine import make_url

    url = make_url(course.db_url)
    gradebook = [Path(str(url.database))] if url.get_backend_name() == "sqlite" else []
    names = ("source", "submitted", "autograded", "feedback")
    folders = [Path(getattr(course, f"{name}_directory")) for name in names]
    return [Path(course.root), *gradebook, *folders]


def _modules(source: Any) -> list[str]:
    from lmgrade.assignment import Assignment, read_cells

    return Assignment("", read_cells(source.cells)).modules


def _penalty(converter: Autograde) -> Any:
    """The late-submission plug-in that the course has configured."""
    from nbgrader.preprocessors import AssignLatePenalties

    assign = AssignLatePenalties(parent=converter)
    assign.init_plugin()
    return assign.plugin_inst.late_submission_penalty


def _recorded(course: Any, name: str) -> set[str]:
    """The students with a grade in the gradebook, which may be another one than last time."""
    from nbgrader.api import MissingEntry

    from lmgrade.gradebook import open_gradebook

    with open_gradebook(course.db_url, course.course_id) as gradebook, suppress(MissingEntry):
        return {entry.student.id for entry in gradebook.find_assignment(name).submissions}
    return set()


def _submissions(converter: Autograde, name: str) -> tuple[list[Any], list[Any]]:
    """The submissions to grade, and those whose very files were graded before."""
    from lmgrade.records import Paths, is_done, record_of
    from lmgrade.report import RECORDS

    course = converter.coursedir
    pattern = course.format_path(course.submitted_directory, course.student_id, name)
    before, _, after = course.format_path(course.submitted_directory, "\0", name).partition("\0")
    top, start = os.path.split(before)
    there = Path(top).glob(f"{glob.escape(start)}{course.student_id}{glob.escape(after)}")
    before = str(Path(top) / start) if start else f"{Path(top)}{os.sep}"
    _warn_of_others(converter, name)
    excluded = set(filter(None, course.student_id_exclude.split(",")))
    todo, done = [], []
    for folder in sorted(there):
        student = str(folder)[len(before) : len(str(folder)) - len(after)]
        if student in excluded:
            continue
        autograded = Path(course.format_path(course.autograded_directory, student, name))
        record = record_of(Path(course.root) / RECORDS / name, student)
        paths = Paths(student, folder, autograded, record)
        if is_done(paths, name) and not converter.force:
            done.append(paths)
        else:
            todo.append(paths)
    if not todo and not done:
        text = f"no submissions match {pattern}; collect them first, or check the student's name"
        raise UnknownAssignment(text)
    return todo, done


def _warn_of_others(converter: Autograde, name: str) -> None:
    """Tell of folders that nobody may enter, and of names like `Dropout` or `dropout (1)`.

    nbgrader passes over them in silence.
    """
    course = converter.coursedir
    root = Path(course.root)
    student = Path(course.format_path(course.submitted_directory, course.student_id, name)).parent
    for folder in sorted(root.glob(os.path.relpath(student, root))):
        if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
            text = "%s is not graded: its permissions do not let you in"
            converter.log.warning(text, one_line(str(folder.relative_to(root))))
            continue
        for work in sorted(folder.glob("*")):
            if work.name != name and _letters(work.name) == _letters(name):
                text = "%s is not graded: rename it if it is meant for %s"
                converter.log.warning(text, one_line(str(work.relative_to(root))), name)


def _letters(name: str) -> str:
    return "".join(filter(str.isalpha, name.casefold()))


def configure(app: Any, arguments: list[str]) -> None:
    """Let nbgrader read its configuration; where that fails, it would go on with its own settings.

    And so with another gradebook.
    """
    app.raise_config_file_errors = True
    try:
        app.initialize(arguments)
    except Exception as error:
        where = f"{os.getcwd()}/nbgrader_config.py"
        raise BadConfig(f"{where} cannot be used: {type(error).__name__}: {error}") from None


def run(
    name: str,
    root: Path,
    students: Sequence[str] | None = None,
    force: bool = False,
    workers: int | None = None,
    sandbox: bool = True,
) -> int:
    """`lmgrade autograde`: nbgrader's own command with this engine; returns an exit code."""
    from nbgrader.apps import AutogradeApp

    for student in students or ():
        if "/" in student or student in ("", ".", ".."):
            raise UnknownAssignment(f"{student!r} is no student: name a folder of submitted/")
    OPTIONS.workers, OPTIONS.sandbox = workers, sandbox
    install()
    code = 0
    with in_folder(root):
        for student in map(glob.escape, students) if students else ["*"]:
            arguments = [name, f"--student={student}", *(["--force"] if force else [])]
            app = AutogradeApp()
            configure(app, arguments)
            try:
                app.start()
            except SystemExit as error:
                code = max(code, int(error.code or 0))
    return code
