"""Grade the submissions of an assignment into the gradebook, many at a time."""

import contextlib
import hashlib
import json
import logging
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from tqdm import tqdm

from lmgrade.assignment import Assignment, read_cells
from lmgrade.clean import has_words_elsewhere, missing_answers, rebuild
from lmgrade.exchange import EXCHANGED, TIME
from lmgrade.gradebook import cells_of, insist, one_transaction, read_timestamp, record, submit
from lmgrade.pool import Pool
from lmgrade.records import Paths, fingerprint, flags_of, write_record
from lmgrade.result import Result, failed, one_line, unreadable
from lmgrade.submission import (
    OutOfReach,
    Submission,
    Unreadable,
    cannot_open,
    from_cells,
    parse_notebook,
    read_text,
    reason,
)

MAX_EXCHANGED = 200  # characters, as `read_timestamp` reads


@dataclass
class Summary:
    """What a run did."""

    graded: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    flagged: dict[str, list[str]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    solution: str = ""  # what the tests say against the instructor's own solution

    def trouble(self) -> str | None:
        """Why the command should not end as if all were well; the rest is graded all the same."""
        found = [self.solution] if self.solution else []
        if self.unreadable:
            names = ", ".join(sorted(self.unreadable))
            found.append(f"there was nothing to run of {names}: no points, reasons above")
        if self.failed:
            found.append(f"{len(self.failed)} submissions could not be recorded")
        return "; ".join(found) or None

    def lines(self) -> list[str]:
        """The summary that is shown at the end."""
        counts = (
            f"{len(self.graded)} graded, {len(self.failed)} failed, {len(self.flagged)} flagged"
        )
        skipped = f", {len(self.skipped)} graded before (--force grades them again; "
        skipped += "`lmgrade flagged` lists their flags, too)"
        found = [counts + (skipped if self.skipped else "")]
        found += [f"  failed  {one_line(who)}: {why}" for who, why in sorted(self.failed.items())]
        for student, flags in sorted(self.flagged.items()):
            student = one_line(student)
            found += [f"  flagged {student}: {flag}" for flag in flags[:3]]
            if len(flags) > 3:
                found.append(f"  flagged {student}: … and {len(flags) - 3} more reasons")
        return found


class Solution:
    """The instructor's own solution: where it fails a test, no student's grade can be trusted.

    It is graded once; a file tells which solution, with which tests, has passed.
    """

    def __init__(self, name: str, cells: Sequence[Any], passed: Path) -> None:
        assignment = Assignment(name, read_cells(cells))
        self.submission = from_cells(assignment, cells)
        self._name, self._passed = name, passed
        self.seen = hashlib.sha256(repr(assignment.cells).encode()).hexdigest()

    @property
    def has_passed(self) -> bool:
        return self._passed.is_file() and self._passed.read_text() == self.seen

    def complaint(self, result: Result) -> str:
        """What is wrong, or nothing."""
        lost = [test for test in result.tests if test.score < test.max_score]
        if result.failed:
            return f"the solution of {self._name} was not graded, {result.error}: try again"
        if lost:
            ids = ", ".join(test.grade_id for test in lost)
            why = f" ({message})" if (message := one_line(lost[0].message)) else ""
            text = f"the solution of {self._name} itself loses the points of {ids}{why}"
            return f"{text}: mend that, then use --force"
        self._passed.parent.mkdir(parents=True, exist_ok=True)
        self._passed.write_text(self.seen)
        return ""


class Grading:
    """One run over the submissions of an assignment."""

    def __init__(
        self,
        name: str,
        source: NotebookNode,
        gradebook: Any,
        penalty: Callable[..., Any],
        solution: Solution,
    ) -> None:
        self.name, self.gradebook, self.penalty = name, gradebook, penalty
        self.template = source.cells
        self.assignment = Assignment(name, read_cells(source.cells))
        self.solution = solution
        self._held = cells_of(gradebook, name)
        self.summary = Summary()
        self.cells: dict[str, list[dict[str, Any]]] = {}
        self.seen: dict[str, str] = {}

    def run(
        self, todo: Sequence[Paths], pool: Pool, log: logging.Logger, progress: bool
    ) -> Summary:
        """Grade all; a submission that fails is noted and does not stop the others."""
        bar = tqdm(total=len(todo), unit="submission", disable=not progress, desc=self.name)
        with bar:
            for paths, result in self._results(todo, pool):
                if paths is None:
                    self.summary.solution = self.solution.complaint(result)
                    continue
                try:
                    self._finish(paths, result)
                except Exception as error:
                    log.debug("Could not record %s", paths.student, exc_info=True)
                    name = "" if isinstance(error, Unreadable) else f"{type(error).__name__}: "
                    self._fail(paths, result, f"{name}{error}")
                bar.update()
        return self.summary

    def _results(self, todo: Sequence[Paths], pool: Pool) -> Iterator[tuple[Paths | None, Result]]:
        """Results of what could be read come from the pool, the others at once.

        The first is that of the instructor's solution, unless it has passed already.
        """
        unread: list[tuple[Paths, Result]] = []

        def work() -> Iterator[tuple[Paths | None, Assignment, Submission]]:
            if not self.solution.has_passed:
                yield None, self.assignment, self.solution.submission
            for paths in todo:
                try:
                    self.seen[paths.student] = fingerprint(paths, self.name)
                    cells, flags = self._read(paths)
                    submission = from_cells(self.assignment, cells)
                except Exception as error:  # even one that nobody has thought of stops no other
                    verdict = failed if isinstance(error, OutOfReach) else unreadable
                    unread.append((paths, verdict(self.assignment, reason(error))))
                    continue
                submission.flags += flags
                self.cells[paths.student] = cells
                yield paths, self.assignment, submission

        for answer in pool.grade(work()):
            yield answer
            while unread:
                yield unread.pop()
        yield from unread

    def _read(self, paths: Paths) -> tuple[list[dict[str, Any]], list[str]]:
        """The notebook's cells, and remarks on what lies beside it."""
        if paths.submitted.is_symlink() or paths.submitted.parent.is_symlink():
            raise Unreadable("the folder is a symbolic link; nothing was read")
        if not paths.submitted.is_dir():
            raise Unreadable(f"{paths.submitted.name} is a file where a folder should be")
        notebook = paths.submitted / f"{self.name}.ipynb"
        try:
            there = list(paths.submitted.iterdir())
        except OSError as error:
            raise cannot_open("the folder", error) from None
        names = [path.name for path in there if path.name not in EXCHANGED]
        others = sorted(name for name in names if not name.startswith("."))  # Jupyter's, macOS's
        if not os.path.lexists(notebook):
            found = f"there is {', '.join(others[:5])}" if others else "the folder is empty"
            raise Unreadable(f"no {notebook.name} was handed in ({found})")
        cells = parse_notebook(read_text(notebook), notebook.name)
        others.remove(notebook.name)
        flags = []
        if extra := ", ".join(others[:5]):
            flags.append(f"more files were handed in, which are not used: {extra}")
        if any(path.name == TIME for path in there) and read_timestamp(paths.submitted) is None:
            flags.append(f"{TIME} tells no time: graded as if it had come in time")
        return cells, flags

    def _finish(self, paths: Paths, result: Result) -> None:
        """Scores, then the folder in one step, and last the record that says that all is done.

        So a run that is killed leaves nothing half: without the record, the next one does it again.
        """
        cells = self.cells.pop(paths.student, [])
        if result.failed:  # a grade that is there already stays
            raise Unreadable(result.flags[0])
        if not paths.student.isprintable():  # nbgrader would stop at it later, for everybody
            raise ValueError(f"rename its folder to something printable: {paths.student!a}")
        if cells:
            missing = missing_answers(cells, self.template)
            result.flags += [f"the cell {grade_id} is missing" for grade_id in missing]
        words = has_words_elsewhere(cells, self.template)
        notebook = rebuild(cells, self.template, result)
        timestamp = read_timestamp(paths.submitted)
        before = flags_of(paths)

        def enter() -> None:
            with one_transaction(self.gradebook):
                submission = submit(self.gradebook, self.name, paths.student, timestamp)
                record(self.gradebook, submission, notebook, result, self.penalty, words, before)

        insist(enter)
        seen = self.seen.get(paths.student, "")
        insist(lambda: self._write(paths, notebook, timestamp))
        insist(lambda: write_record(paths, result, seen, self.solution.seen))
        self.summary.graded.append(paths.student)
        if result.unreadable:
            self.summary.unreadable.append(paths.student)
        if result.flags:
            self.summary.flagged[paths.student] = result.flags

    def _fail(self, paths: Paths, result: Result, why: str) -> None:
        """Note why nothing stands in the gradebook, also for those who ask later."""
        self.summary.failed[paths.student] = why
        why = one_line(why)
        others = [flag for flag in result.flags if flag != why]
        result.flags = [*others, f"could not be recorded: {why}"]
        with contextlib.suppress(OSError):
            write_record(paths, result, "", self.solution.seen)

    def _write(self, paths: Paths, notebook: NotebookNode, timestamp: Any) -> None:
        folder = paths.autograded
        unfinished = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        path = unfinished / f"{self.name}.ipynb"
        # Without line breaks, which only Python's slow encoder can make.
        path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
        path.chmod(0o444)
        # `nbgrader release_feedback` needs the very text; at no time would it, or others, stop.
        for name in EXCHANGED if timestamp else EXCHANGED[1:]:
            with contextlib.suppress(Unreadable):
                if len(text := read_text(paths.submitted / name)) <= MAX_EXCHANGED:
                    (unfinished / name).write_text(text, encoding="utf-8", newline="")
        remove(folder)
        os.replace(unfinished, folder)


def remove(folder: Path) -> None:
    """Remove a folder, or whatever has taken its place."""
    if folder.is_symlink() or (folder.exists() and not stat.S_ISDIR(folder.lstat().st_mode)):
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
