"""How Canvas and Moodle name what was handed in: on the way here, and back with feedback."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import ZipCollectApp
from nbgrader.plugins import FileNameCollectorPlugin

from lmgrade.nbgrader.plugin import configure

# lovelaceada_LATE_4711_0815_dropout-1.ipynb,
# or Ada Lovelace_4711_assignsubmission_file/dropout.ipynb
PATTERN = (
    r".*/(?P<student_id>[^/]+?)(?P<late>_LATE)?_\d+_(?:\d+_|assignsubmission_file[_/]+)"
    r"(?P<file_id>NAME)(?:-\d+| ?\(\d+\))?\.ipynb$"
)
MOODLE = re.compile(r"[^/]+_\d+_assignsubmission_file[_/]")


class Collector(FileNameCollectorPlugin):
    """For `nbgrader zip_collect`, where `named_regexp` isn't set: both platforms' names."""

    def _match(self, filename: str) -> Any:
        if self.named_regexp:
            return super()._match(filename)
        name = self.parent.coursedir.assignment_id
        match = re.match(PATTERN.replace("NAME", re.escape(name)), filename)
        if match is None:
            return None
        found = match.groupdict()
        if found.pop("late") and (time := self._late(name, found["student_id"])):
            found["timestamp"] = time
        return found

    def _late(self, name: str, student: str) -> str:
        """One second after the due date, which is all that `LATE` says."""
        course, due = self.parent.coursedir, None
        with Gradebook(course.db_url, course.course_id) as gradebook, suppress(MissingEntry):
            due = gradebook.find_assignment(name).duedate
        if due is None:
            text = "%s is LATE, which is lost, as %s has no due date: set one and collect again"
            self.log.warning(text, student, name)
        return f"{due + timedelta(seconds=1)} UTC" if due else ""


def downloaded(name: str) -> dict[str, Path]:
    """What `nbgrader zip_collect` took from the platform's archive, by student."""
    app = ZipCollectApp()
    configure(app, [name, "--log-level=CRITICAL"])
    app.coursedir.assignment_id = name
    app.init_plugins()
    top = Path(app._format_collect_path(app.extracted_directory))
    paths = sorted(Path(folder) / file for folder, _, files in os.walk(top) for file in files)
    found = ((app.collector_plugin_inst.collect(str(path)), path) for path in paths)
    return {about["student_id"]: path for about, path in found if about}


def write_zip(path: Path, pages: Mapping[str, Path], names: Mapping[str, Path]) -> None:
    """Pages under the names of the downloaded files, by which the platform knows the students."""
    unfinished = path.with_name(f"{path.name}.part")
    with ZipFile(unfinished, "w", ZIP_DEFLATED) as archive:
        for student, page in pages.items():
            archive.write(page, _entry(names[student]))
    os.replace(unfinished, path)


def _entry(downloaded: Path) -> str:
    """Canvas reads a file's name, Moodle the name of its folder."""
    text = downloaded.with_suffix(".html").as_posix()
    folder = MOODLE.search(text)
    return text[folder.start() :] if folder else os.path.basename(text)
