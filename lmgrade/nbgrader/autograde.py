"""Grade the submissions of an assignment into the gradebook, many at a time."""

import contextlib
import hashlib
import json
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from tqdm import tqdm

from lmgrade.cluster import Cluster
from lmgrade.grading.result import Result, failed, one_line, unreadable
from lmgrade.nbgrader.feedback import answers_of, has_words_elsewhere, rebuild
from lmgrade.nbgrader.gradebook import ends_all, entries, parse_time, record, transact
from lmgrade.nbgrader.records import Paths, fingerprint, read_record, write_record
from lmgrade.notebook.assignment import Assignment, Exam, Refused, Stopped, nbgrader_of, read_cells
from lmgrade.notebook.release import write_whole
from lmgrade.notebook.submission import (
    EXCHANGED,
    TIME,
    HandedIn,
    OutOfReach,
    Submission,
    Unreadable,
    from_cells,
    parse_notebook,
    read_folder,
    reason,
)
from lmgrade.sandbox.pool import Pool

BATCH, WAIT = 64, 1.0  # submissions that one transaction records, and seconds that they may wait


@dataclass
class Summary:
    """What a run did."""

    graded: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    flagged: dict[str, list[str]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    stopped: str = ""  # why the run ended before its time
    solution: str = ""  # what the tests say against the instructor's own solution

    def trouble(self) -> str | None:
        """Why the command should not end as if all were well; the rest is graded all the same."""
        found = []
        if self.unreadable:
            names = ", ".join(sorted(self.unreadable))
            found.append(f"there was nothing to run of {names}: no points, reasons above")
        if self.failed:
            found.append(f"{len(self.failed)} submissions could not be recorded")
        if self.stopped:
            found.append(f"{self.stopped}. When that is mended, the same command goes on")
        return "; ".join([*found, *filter(None, [self.solution])]) or None

    def lines(self) -> list[str]:
        """The summary that is shown at the end."""
        done, bad, odd = len(self.graded), len(self.failed), len(self.flagged)
        none = len(self.unreadable)  # which the last line calls an error
        what = f"{none} with nothing to run" if none and not bad else f"{bad} failed"
        found = [f"{done} graded, {what}, {odd} flagged"]
        if self.skipped:
            found[0] += f", {len(self.skipped)} graded before (--force grades them again; "
            found[0] += "`lmgrade flagged` lists their flags, too)"
        found += [f"  failed  {one_line(who)}: {why}" for who, why in sorted(self.failed.items())]
        for student, flags in sorted(self.flagged.items()):
            more = [f"… and {len(flags) - 3} more reasons"] if len(flags) > 3 else []
            found += [f"  flagged {one_line(student)}: {flag}" for flag in [*flags[:3], *more]]
        return found


class Solution:
    """The instructor's own solution: where it fails a test, no student's grade can be trusted.

    It is graded once; a file tells which solution, with which tests, has passed, or what it lost.
    """

    def __init__(self, name: str, cells: Sequence[Any], records: Path) -> None:
        self.assignment = assignment = Assignment(name, read_cells(cells))
        self.submission = from_cells(assignment, cells)
        self._name, self._path = name, records / "solution"
        self.seen = hashlib.sha256(repr(assignment.cells).encode()).hexdigest()

    @property
    def has_passed(self) -> bool:
        return read_record(self._path) == {"seen": self.seen, "complaint": ""}

    def grade(self, engine: Pool) -> str:
        """What is wrong with it, or nothing."""
        [(_, result)] = engine.grade([(None, self.assignment.exam, self.submission)], 1)
        if result.failed:
            return f"the solution of {self._name} was not graded, {result.error}: try again"
        lost = [test for test in result.tests if test.score < test.max_score]
        text = ""
        if lost:
            text = f"the solution of {self._name} itself loses points; mend that, then use --force:"
            text += "".join(f"\n  {test.grade_id}: {test.message}" for test in lost)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._path, json.dumps({"seen": self.seen, "complaint": text}))
        return text


def solution_complaint(records: Path) -> str:
    """What the last grading said against the instructor's own solution."""
    return str(read_record(records / "solution").get("complaint", ""))


@dataclass
class Work:
    """A submission on its way: what was read of it, what it got, and what is written of it."""

    paths: Paths
    found: HandedIn = field(default_factory=HandedIn)
    cells: list[dict[str, Any]] = field(default_factory=list)
    result: Result = field(default_factory=Result)
    notebook: NotebookNode = field(default_factory=NotebookNode)


class Grading:
    """One run over the submissions of an assignment."""

    def __init__(
        self,
        name: str,
        source: NotebookNode,
        gradebook: Any,
        policy: Callable[..., Any],
        solution: Solution,
        log: logging.Logger,
    ) -> None:
        self.name, self.gradebook, self.policy, self.log = name, gradebook, policy, log
        self.template = source.cells
        self.assignment, self.solution = solution.assignment, solution
        gradebook.db().expire_on_commit = False  # nobody else writes to the entries at hand
        known = gradebook.find_notebook(name, name)  # held, so that no grade looks up its cell
        self._held = [*known.grade_cells, *known.solution_cells, *known.task_cells]
        self.summary = Summary()

    def run(self, todo: Sequence[Paths], engine: Pool | Cluster, progress: bool) -> None:
        """Grade all; a submission that fails is noted and does not stop the others."""
        with tqdm(total=len(todo), unit="submission", disable=not progress, desc=self.name) as bar:
            try:
                for batch in _batches(self.results(todo, engine)):
                    self._finish([work for work in batch if self._rebuild(work)])
                    bar.update(len(batch))
            except Stopped as stop:
                self.summary.stopped = str(stop)

    def results(self, todo: Sequence[Paths], engine: Pool | Cluster) -> Iterator[Work]:
        """Results of what could be read come from the engine, the others at once."""
        unread: list[Work] = []

        def jobs() -> Iterator[tuple[Work, Exam, Submission]]:
            for work in map(Work, todo):
                try:
                    submission = self._read(work)
                except Exception as error:  # even one that nobody has thought of stops no other
                    verdict = failed if isinstance(error, OutOfReach) else unreadable
                    work.result = verdict(self.assignment.exam, reason(error))
                    unread.append(work)
                else:
                    yield work, self.assignment.exam, submission

        for work, result in engine.grade(jobs(), len(todo)):
            work.result = result
            yield work
            while unread:
                yield unread.pop()
        yield from unread

    def _read(self, work: Work) -> Submission:
        """What to run, with remarks on what lies beside the notebook."""
        name = f"{self.name}.ipynb"
        work.found = found = read_folder(work.paths.submitted, name)
        if found.problem is not None:
            raise found.problem
        cells = parse_notebook(found.notebook, name)
        submission = from_cells(self.assignment, cells)
        work.cells, submission.files = cells, found.files
        submission.flags += found.flags
        if TIME in found.exchanged and parse_time(found.exchanged[TIME]) is None:
            submission.flags.append(f"{TIME} tells no time: graded as if it had come in time")
        return submission

    def _rebuild(self, work: Work) -> bool:
        """Make the notebook that is written; where a grade is not to be recorded, note why."""
        student, cells, result = work.paths.student, work.cells, work.result
        try:
            if result.failed:  # a grade that is there already stays
                raise Unreadable(result.flags[0])
            if not student.isprintable():  # nbgrader would stop at it later, for everybody
                raise Unreadable(f"rename its folder to something printable: {student!a}")
            if cells:
                there = {nbgrader_of(cell)["grade_id"] for cell in cells}
                missing = sorted(answers_of(self.template) - there)
                result.flags += [f"the cell {grade_id} is missing" for grade_id in missing]
            work.notebook = rebuild(cells, self.template, result)
        except Exception as error:
            self._fail(work, error)
            return False
        return True

    def _finish(self, batch: Sequence[Work]) -> None:
        """Scores in one transaction, then each folder in one step, and last the record.

        So a run that is killed leaves nothing half: without the record, the next one does it again.
        Where the transaction fails, each submission has its own: only what is at fault fails.
        """
        try:
            transact(self.gradebook, lambda: self._record(batch))
            for work in batch:
                self._write(work)
        except Exception as error:
            if reason := ends_all(self.gradebook, error):
                raise Stopped(reason) from None
            if len(batch) == 1:
                self._fail(batch[0], error)
            else:
                for work in batch:
                    self._finish([work])

    def _record(self, batch: Sequence[Work]) -> None:
        found = entries(self.gradebook, self.name, [work.paths.student for work in batch])
        for work in batch:
            entry = found[work.paths.student]
            entry.timestamp = parse_time(work.found.exchanged.get(TIME, b""))
            words = has_words_elsewhere(work.cells, self.template)
            before = read_record(work.paths.record).get("flags", [])
            record(self.gradebook, entry, work.notebook, work.result, self.policy, words, before)

    def _fail(self, work: Work, error: Exception) -> None:
        """Note why nothing stands in the gradebook, also for those who ask later."""
        self.log.debug("Could not record %s", work.paths.student, exc_info=error)
        name = "" if isinstance(error, (Unreadable, Refused)) else f"{type(error).__name__}: "
        why = one_line(f"{name}{error}".split("\n")[0])
        self.summary.failed[work.paths.student] = why
        others = [flag for flag in work.result.flags if flag != why]
        work.result.flags = [*others, f"could not be recorded: {why}"]
        with contextlib.suppress(OSError):
            write_record(work.paths, work.result, "", self.solution.seen)

    def _write(self, work: Work) -> None:
        folder = work.paths.autograded
        unfinished = folder.with_name(f".{folder.name}.part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        path = unfinished / f"{self.name}.ipynb"
        # Without line breaks, which only Python's slow encoder can make.
        path.write_text(json.dumps(work.notebook, ensure_ascii=False), encoding="utf-8")
        path.chmod(0o444)
        # `nbgrader release_feedback` needs the very text; at no time would it, or others, stop.
        exchanged = work.found.exchanged
        for name in EXCHANGED if parse_time(exchanged.get(TIME, b"")) else EXCHANGED[1:]:
            if exchanged.get(name):
                (unfinished / name).write_bytes(exchanged[name])
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
        else:
            folder.unlink(missing_ok=True)
        os.replace(unfinished, folder)
        write_record(work.paths, work.result, fingerprint(work.found), self.solution.seen)
        self.summary.graded.append(work.paths.student)
        if work.result.unreadable:
            self.summary.unreadable.append(work.paths.student)
        if work.result.flags:
            self.summary.flagged[work.paths.student] = work.result.flags


def _batches(graded: Iterable[Work]) -> Iterator[list[Work]]:
    """What one transaction records; nothing waits long, and nothing that came is lost."""
    batch: list[Work] = []
    began = time.monotonic()
    try:
        for work in graded:
            batch.append(work)
            if len(batch) == BATCH or time.monotonic() > began + WAIT:
                yield batch
                batch, began = [], time.monotonic()
    except Stopped:
        yield batch
        raise
    yield batch
