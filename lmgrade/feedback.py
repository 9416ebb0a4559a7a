"""`lmgrade feedback`: pages for students, made anew where the grade has changed since."""

import glob
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.apps import GenerateFeedbackApp, ReleaseFeedbackApp

from lmgrade.export import graded, listed
from lmgrade.nbgrader.platforms import downloaded, write_zip
from lmgrade.nbgrader.plugin import configure, entered
from lmgrade.nbgrader.records import RECORDS, read_record
from lmgrade.notebook.assignment import Refused
from lmgrade.notebook.release import write_whole
from lmgrade.report import read_records


def give(folder: Path, name: str, to: Path | None, release: bool, anyway: bool) -> Iterator[str]:
    """Make the pages, and give them out as a zip or in nbgrader's exchange; say what was done."""
    to = to and to.absolute()
    with entered(folder) as course:
        with graded(course, name, anyway) as (_, assignment):
            entries = {entry.student_id: entry for entry in assignment.submissions}
            found = {student: _state(course, name, entry) for student, entry in entries.items()}
            waiting = [student for student, entry in entries.items() if _waits(entry)]
        states = {student: state for student, state in found.items() if state}
        path = Path(course.root) / RECORDS / name / "pages"
        if not path.parent.is_dir():
            read_records(course, name)  # which says what to do
        before = read_record(path)
        pages = {student: _page(course, name, student) for student in states}
        old = [s for s in states if before.get(s) != states[s] or not pages[s].is_file()]
        failed = [student for student in old if not _run(GenerateFeedbackApp, name, student)]
        made = {student: state for student, state in states.items() if student not in failed}
        write_whole(path, json.dumps(made))
        where = _page(course, name, "STUDENT")
        count = len(old) - len(failed)
        yield f"{count} pages made, {len(pages) - len(old)} unchanged, in {where}"
        if waiting:
            yield f"points by hand are missing, and the page says so: {listed(waiting)}"
        if to:
            yield from _zip(name, {student: pages[student] for student in made}, to)
        if release:
            _run(ReleaseFeedbackApp, name)
        if failed:
            raise Refused(f"no page could be made, as said above: {listed(failed)}")


def _run(kind: Any, name: str, student: str = "") -> bool:
    """One of nbgrader's own commands, for everybody or anew for one student."""
    app = kind()
    one = [f"--student={glob.escape(student)}", "--force", "--log-level=ERROR"]
    configure(app, [name, *(one if student else ["--log-level=WARN"])])
    try:
        app.start()
    except SystemExit as error:
        return not error.code
    return True


def _page(course: Any, name: str, student: str) -> Path:
    return Path(course.format_path(course.feedback_directory, student, name)) / f"{name}.html"


def _state(course: Any, name: str, entry: Any) -> str:
    """A number for all that a page shows; nothing where there is no notebook to show."""
    folder = course.format_path(course.autograded_directory, entry.student_id, name)
    try:
        shown = (Path(folder) / f"{name}.ipynb").read_bytes()
    except FileNotFoundError:
        return ""
    (notebook,) = entry.notebooks
    grades = [(g.name, g.auto_score, g.manual_score, g.extra_credit) for g in notebook.grades]
    comments = [(comment.name, comment.comment) for comment in notebook.comments]
    parts = [shown, sorted(grades), sorted(comments), notebook.late_submission_penalty]
    return hashlib.sha256(repr(parts).encode("utf-8", "replace")).hexdigest()


def _waits(entry: Any) -> bool:
    """Whether somebody still has to give points; what may need a second look has some."""
    (notebook,) = entry.notebooks
    return any(g.auto_score is None and g.manual_score is None for g in notebook.grades)


def _zip(name: str, pages: dict[str, Path], to: Path) -> Iterator[str]:
    names = downloaded(name)
    known = {student: page for student, page in pages.items() if student in names}
    if not known:
        text = f"no file of downloaded/{name}/extracted/ belongs to a graded student"
        raise Refused(f"{text}, so nothing tells what the platform calls them: no zip is written")
    write_zip(to, known, names)
    yield f"{len(known)} pages are in {to}"
    if others := [student for student in pages if student not in names]:
        yield f"not in it, as no downloaded file is theirs; send it yourself: {listed(others)}"
