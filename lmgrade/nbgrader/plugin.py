"""Put lmgrade into nbgrader: `nbgrader autograde` and the Formgrader then grade with it.

`nbgrader_config.py` calls `install`; everything else of nbgrader stays as it is.
"""

import argparse
import contextlib
import datetime
import glob
import logging
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.api import InvalidEntry, MissingEntry
from nbgrader.apps import AutogradeApp, NbGrader
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy.exc import SQLAlchemyError
from tornado.log import app_log

from lmgrade.cluster import Cluster
from lmgrade.grading.limits import Limits
from lmgrade.grading.result import one_line
from lmgrade.nbgrader.autograde import Grading, Solution
from lmgrade.nbgrader.gradebook import (
    open_gradebook,
    parse_time,
    register,
    renew_penalties,
    sqlite_file,
    unusable,
)
from lmgrade.nbgrader.records import RECORDS, Paths, fingerprint, read_record
from lmgrade.notebook.assignment import (
    Refused,
    UnknownAssignment,
    data_files,
    find_source,
    read_source,
)
from lmgrade.notebook.release import solution_notebook
from lmgrade.notebook.submission import EXCHANGED, SECRET, TIME, read_folder
from lmgrade.sandbox import SandboxError
from lmgrade.sandbox.pool import Pool


@dataclass
class Options:
    """What `lmgrade autograde` adds to nbgrader's own options."""

    workers: int | None = None
    sandbox: bool = True
    limits: Limits | None = None
    scheduler: str | None = ""  # of a Dask cluster; None: none, whatever the configuration says
    is_command: bool = False  # whether it is `lmgrade`, which has options of its own


OPTIONS = Options()
INSTEAD = "sandbox=False to plugin.install in nbgrader_config.py"  # of an option


def install(
    config: Any = None,
    workers: int | None = None,
    sandbox: bool = True,
    limits: Limits | None = None,
    scheduler: str = "",
) -> None:
    """Let nbgrader's autograde command and button run lmgrade; `config` is nbgrader's `c`."""
    OPTIONS.workers = OPTIONS.workers or workers
    OPTIONS.sandbox = OPTIONS.sandbox and sandbox
    OPTIONS.limits = OPTIONS.limits or limits
    if OPTIONS.scheduler is not None:
        OPTIONS.scheduler = OPTIONS.scheduler or scheduler
    # nbgrader can exchange what is done with one notebook after another (preprocessors), but not
    # the converter that reads, runs and records them all.
    Autograde.start = start
    # The Formgrader's list of students ends at the first odd timestamp; there is no setting for it.
    NbGraderAPI.get_submitted_timestamp = submitted_timestamp
    if config is not None:
        config.ExchangeFactory.release_feedback = ReleaseFeedback
        config.ZipCollectApp.collector_plugin = "lmgrade.nbgrader.platforms.Collector"
        config.GenerateFeedback.exporter_class = "lmgrade.nbgrader.feedback.FeedbackExporter"
        config.GenerateFeedback.preprocessors = [
            "lmgrade.nbgrader.feedback.Grades",
            "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
        ]
        # A heading's id could be that of a box for points, which would then be a student's text.
        config.HTMLExporter.exclude_anchor_links = True


class ReleaseFeedback(ExchangeReleaseFeedback):
    """nbgrader's own stops for all students at one whose work was put there by hand."""

    src_path: str

    def copy_files(self) -> None:
        for folder in map(Path, sorted(glob.glob(self.src_path))):
            names = [folder / name for name in EXCHANGED]
            if all(name.is_file() for name in names) and (folder / SECRET).read_bytes():
                self.src_path = glob.escape(str(folder))
                super().copy_files()
            else:
                text = "%s is not released: it was not handed in by `nbgrader submit`, send it "
                self.log.warning(text + "yourself", folder)


def submitted_timestamp(api: Any, assignment: str, student: str) -> datetime.datetime | None:
    """Stands in for the Formgrader's own."""
    course = api.coursedir
    folder = Path(course.format_path(course.submitted_directory, student, assignment))
    return parse_time(read_folder(folder, f"{assignment}.ipynb").exchanged.get(TIME, b""))


def start(converter: Autograde) -> None:
    """Stands in for `Autograde.start`: same folders, same gradebook, other engine."""
    # nbgrader writes a traceback to it before it raises an error, which is explained below.
    before, app_log.disabled = app_log.disabled, True
    try:
        with contextlib.chdir(converter.coursedir.root):
            _grade(converter)
    except (SandboxError, Refused) as error:
        text = str(error)
        if not OPTIONS.is_command:
            text = text.replace("--no-sandbox", INSTEAD)
        _end(converter, text)
    except (SQLAlchemyError, InvalidEntry, MissingEntry, ModuleNotFoundError) as error:
        _end(converter, unusable(converter.coursedir.db_url, error))
    finally:
        app_log.disabled = before


def _end(converter: Autograde, text: str) -> None:
    converter.log.error(text)
    raise NbGraderException(text) from None


def _grade(converter: Autograde) -> None:
    course = converter.coursedir
    name = course.assignment_id
    source = source_notebook(find_source(Path(course.source_directory), name))
    policy = late_policy(converter)
    todo, before = _submissions(converter, name)
    recorded = _recorded(course, name, policy) if before else set()
    done = [paths.student for paths in before if paths.student in recorded]
    todo += [paths for paths in before if paths.student not in recorded]
    solution = Solution(name, source.cells, Path(course.root) / RECORDS / name)
    tests = [read_record(paths.record).get("tests_seen") for paths in before]
    if others := sum(seen not in (None, solution.seen) for seen in tests):
        text = "%d submissions were graded by other tests or points; --force grades them again"
        converter.log.warning(text, others)
    if not todo and solution.has_passed:
        converter.log.info("Nothing to do: %d submissions were graded before", len(done))
        return
    modules = solution.assignment.modules
    files = data_files(Path(course.source_directory) / name)
    here = (OPTIONS.workers, OPTIONS.sandbox, OPTIONS.limits, modules, _private(course), files)
    if OPTIONS.scheduler:
        engine: Any = Cluster(OPTIONS.scheduler, OPTIONS.limits, modules, files, converter.log)
    else:
        engine = Pool(*here)
    # The fork server gets ready while the gradebook is opened.
    with engine, open_gradebook(course.db_url, course.course_id) as gradebook:
        source = register(gradebook, course.db_url, name, source)
        grading = Grading(name, source, gradebook, policy, solution, converter.log)
        summary = grading.summary
        summary.skipped = done
        if not solution.has_passed:  # no cluster gets to see it
            with Pool(*here) if OPTIONS.scheduler else contextlib.nullcontext(engine) as own:
                summary.solution = solution.grade(own)
        grading.run(todo, engine, progress=sys.stderr.isatty())
    say = converter.log.warning if summary.flagged or summary.failed else converter.log.info
    for line in summary.lines():
        say(line)
    if trouble := summary.trouble():
        _end(converter, trouble)


def source_notebook(path: Path) -> Any:
    """The instructor's notebook: what `lmgrade release` makes of a `.py`, or nbgrader's own."""
    return solution_notebook(path) if path.suffix == ".py" else read_source(path)


def _private(course: Any) -> list[Path]:
    """The course's folder, and a gradebook or submissions that lie elsewhere."""
    names = ("source", "submitted", "autograded", "feedback")
    folders = [Path(getattr(course, f"{name}_directory")) for name in names]
    return [Path(course.root), *filter(None, [sqlite_file(course.db_url)]), *folders]


def late_policy(parent: Any) -> Any:
    """The late-submission plug-in that the course has configured."""
    assign = AssignLatePenalties(parent=parent)
    assign.init_plugin()
    assign.plugin_inst.log = logging.getLogger(__name__)  # nbgrader's own says a line each time
    return assign.plugin_inst.late_submission_penalty


def _recorded(course: Any, name: str, policy: Any) -> set[str]:
    """The students with a grade in the gradebook, which may be another one than last time."""
    with open_gradebook(course.db_url, course.course_id) as gradebook:
        try:
            assignment = gradebook.find_assignment(name)
        except MissingEntry:
            return set()
        renew_penalties(gradebook, assignment, policy)
        return {entry.student_id for entry in assignment.submissions}


def _submissions(converter: Autograde, name: str) -> tuple[list[Paths], list[Paths]]:
    """The submissions to grade, and those whose very files were graded before."""
    course = converter.coursedir
    where = str(Path(course.format_path(course.submitted_directory, "\0", name)))
    before, _, after = where.partition("\0")
    pattern = f"{glob.escape(before)}{course.student_id}{glob.escape(after)}"
    _warn_of_others(converter, os.path.dirname(pattern), name)
    excluded = course.student_id_exclude.split(",")
    todo: list[Paths] = []
    done: list[Paths] = []
    for folder in sorted(glob.glob(pattern)):
        student = folder[len(before) : len(folder) - len(after)]
        if student in excluded:
            continue
        autograded = Path(course.format_path(course.autograded_directory, student, name))
        record = Path(course.root) / RECORDS / name / f"{student}.json"
        paths = Paths(student, Path(folder), autograded, record)
        is_done = not converter.force and _is_done(paths, name)
        (done if is_done else todo).append(paths)
    if not todo and not done:
        pattern = where.replace("\0", course.student_id)
        text = f"no submissions match {pattern}; collect them first, or check the student's name"
        raise UnknownAssignment(text)
    return todo, done


def _is_done(paths: Paths, name: str) -> bool:
    """Whether this very submission was graded: the folder is whole, and what is there the same."""
    if not (paths.autograded / f"{name}.ipynb").is_file():
        return False
    noted = read_record(paths.record).get("submitted")
    return bool(noted) and noted == fingerprint(read_folder(paths.submitted, f"{name}.ipynb"))


def _warn_of_others(converter: Autograde, students: str, name: str) -> None:
    """Tell of folders that nobody may enter, and of names like `Dropout` or `dropout (1)`.

    nbgrader passes over them in silence. `students` is a pattern for the folders of students.
    """
    for folder in map(Path, sorted(glob.glob(students))):
        if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
            text = "%s is not graded: its permissions do not let you in"
            converter.log.warning(text, one_line(os.path.relpath(folder)))
            continue
        for work in sorted(folder.glob("*")):
            if work.name != name and _is_like(work.name, name):
                text = "%s is not graded: rename it if it is meant for %s"
                converter.log.warning(text, one_line(os.path.relpath(work)), name)


def _is_like(folder: str, name: str) -> bool:
    """Whether a folder may be meant for an assignment: another case, a number behind it."""
    plain = [re.sub(r"[\W_]", "", each.casefold()) for each in (folder, name)]
    return (
        plain[0] == plain[1] or re.sub(r"[\W_]+\d+\W*$", "", folder).casefold() == name.casefold()
    )


@contextlib.contextmanager
def entered(folder: Path) -> Iterator[Any]:
    """nbgrader's view of the course that `folder` configures, which may lie elsewhere.

    Meanwhile its root is the current folder, from which paths in the configuration count.
    """
    with contextlib.chdir(folder):
        app = NbGrader()
        configure(app, [])
        with contextlib.chdir(app.coursedir.root):
            yield app.coursedir


def configure(app: Any, arguments: list[str]) -> None:
    """Let nbgrader read its configuration; where that fails, it would use another gradebook."""
    app.raise_config_file_errors = True
    try:
        app.initialize(arguments)
    except Exception as error:
        where = f"{os.getcwd()}/nbgrader_config.py"
        raise Refused(f"{where} cannot be used: {type(error).__name__}: {error}") from None


def run(args: argparse.Namespace) -> int:
    """`lmgrade autograde`: nbgrader's own command with this engine; returns an exit code."""
    for student in args.student:
        if "/" in student or student in ("", ".", ".."):
            raise UnknownAssignment(f"{student!r} is no student: name a folder of submitted/")
    is_here = args.workers or not args.sandbox
    if args.scheduler and is_here:
        text = "workers of a cluster are as many as run there, and always use a sandbox"
        raise Refused(f"--scheduler goes with neither --workers nor --no-sandbox: {text}")
    OPTIONS.workers, OPTIONS.sandbox, OPTIONS.is_command = args.workers, args.sandbox, True
    OPTIONS.scheduler = None if is_here else args.scheduler
    install()
    code = 0
    force = ["--force"] if args.force else []
    with contextlib.chdir(args.course):
        for student in map(glob.escape, args.student) if args.student else ["*"]:
            app = AutogradeApp()
            configure(app, [args.assignment, f"--student={student}", *force])
            try:
                app.start()
            except SystemExit as error:
                code = max(code, int(error.code or 0))
    return code
