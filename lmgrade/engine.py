"""Grade one submission: its cells in the worker, the instructor's tests here."""

import contextlib
import re
import signal
import socket
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from lmgrade.assignment import Assignment, Cell
from lmgrade.cell import compile_cell, names_bound, names_in, names_used
from lmgrade.judging import judge, quiet
from lmgrade.limits import Limits
from lmgrade.link import Link, WorkerLost
from lmgrade.result import Result, TestResult, one_line
from lmgrade.session import Session
from lmgrade.submission import Step, Submission

MESSAGE = 2000
MAX_RESTARTS = 40
# A name's definition or import in a cell that may not be Python; no part of it takes long to find.
DEFINES = r"\b(?:def|class)[ \t]+{0}\b|\bimport\b.{{0,200}}\b{0}\b|^[ \t]*{0}[ \t]*="
MAX_NAMES = 5  # in one flag
MAX_FLAGS = 20  # of one submission
MAX_OUTPUT = 1_000_000  # characters of all cells that a page of feedback shows
# Errors of cells that may well run at home, where there are other files, names and a network.
AT_HOME = (
    *(f"{name}Error:" for name in ("ModuleNotFound", "FileNotFound", "OS", "URL")),
    "ImportError: cannot import name",  # of a newer Python
    "KeyError: 'getpwuid",
    "Error: unsupported locale",
)
SHORTEST = 3.0  # CPU seconds that a test gets after many others have run out of time


def grade(
    assignment: Assignment, submission: Submission, control: socket.socket, limits: Limits
) -> Result:
    """Run the submission's cells, then every test of the assignment."""
    run = Run(assignment, submission, control, limits)
    before = signal.signal(signal.SIGPROF, run.stop_reading)
    signal.setitimer(signal.ITIMER_PROF, limits.total_cpu, SHORTEST)  # and then again and again
    try:
        return run.grade()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
        run.close()


class Run:
    """One grading: the worker, which may have to be replaced, and the trusted namespace."""

    def __init__(
        self, assignment: Assignment, submission: Submission, control: Any, limits: Limits
    ) -> None:
        self.assignment, self.submission = assignment, submission
        self.control, self.limits = control, limits
        self.skip: dict[str, str] = {}
        self.failures: dict[str, str] = {}
        self.stopped: dict[str, list[str]] = {}
        self.result = Result(flags=list(submission.flags))
        self.patience = limits.test_cpu
        self.cell_patience = limits.cell_cpu
        self.own_error = ""
        self.room = MAX_OUTPUT
        self.restarts = 0
        self.spent = time.monotonic() + limits.wall
        self.own_limit = time.process_time() + limits.total_cpu
        self.used = self.waited = 0.0  # seconds of the workers that are gone
        self.link: Link | None = None
        self.spare: Session | None = None
        self.broken: Exception | None = None  # what is the grader's fault, wherever it shows
        self.places: dict[str, str] = {}
        self.bound: dict[str, Any] = {}  # what the student's names stand for
        self.bound_after: str | None = None  # which cell

    def grade(self) -> Result:
        try:
            self._start()
            for cell in self.assignment.tests:
                self.result.tests.append(self._test(cell))
        except WorkerLost as error:  # `stop_reading`, between two questions
            self.result.flags.append(str(error))
            for cell in self.assignment.tests[len(self.result.tests) :]:
                self.result.tests.append(TestResult(cell.id, 0.0, cell.points, f"not run: {error}"))
        self.result.flags += [f"{name}: {why}" for name, why in self.skip.items()]
        for reason, ids in self.stopped.items():
            self.result.flags.append(f"{reason} (in {', '.join(ids)})")
        flags = list(dict.fromkeys(one_line(flag[:MESSAGE]) for flag in self.result.flags))
        more = [f"… and {len(flags) - MAX_FLAGS} more reasons"] if len(flags) > MAX_FLAGS else []
        self.result.flags = flags[:MAX_FLAGS] + more
        return self.result

    def close(self) -> None:
        if self.link is not None:
            self.link.close()
        if self.spare is not None:
            self.spare.link.close()
            self.spare = None

    def stop_reading(self, *_: Any) -> None:
        """This process has computed for too long: what it was sent is a burden, not an answer."""
        text = f"reading what your code returns took more than {self.limits.total_cpu:.0f} s"
        if self.link is not None:
            self.link.lost = self.link.lost or text
        raise WorkerLost(text)

    # --- the worker -------------------------------------------------------------------------

    def _start(self) -> None:
        """A fresh worker that has run the student's cells; cells that end a worker are skipped."""
        while True:
            # What a worker used is gone for the next one, or every crash would buy time.
            self.used += self.link.used if self.link else 0.0
            self.waited += self.link.waited if self.link else 0.0
            self.close()
            left = replace(
                self.limits,
                total_cpu=self.limits.total_cpu - self.used,
                waits=self.limits.waits - self.waited,
            )
            self.link = Link(self.control, left)
            self.session = Session(self.link, self._spare)
            self.bound_after = None
            self._prepare()
            lost = next((step for step in self._cells() if not self._run_cell(step)), None)
            if lost is None:
                self.places = self._places()
                self._compare_places()
                return
            self.skip[lost.name] = self.link.lost or "lost"
            self.restarts += 1
            if self._is_over():
                return

    def _is_over(self) -> bool:
        links = (self.link, self.spare and self.spare.link)
        used = self.used + sum(link.used for link in links if link)
        waited = self.waited + (self.link.waited if self.link else 0.0)
        late = time.monotonic() > self.spent or waited >= self.limits.waits
        busy = used >= self.limits.total_cpu or time.process_time() > self.own_limit
        return late or busy or self.restarts > MAX_RESTARTS

    def _cells(self) -> list[Step]:
        return [s for s in self.submission.steps if not s.test and s.name not in self.skip]

    def _run_cell(self, step: Step) -> bool:
        """Run a cell; whether the worker is still there. Its own failure is only noted."""
        assert self.link is not None
        try:
            with self.link.budget(self.cell_patience, f"{step.name} of the notebook"):
                reply, found = self.session.ask("run", name=step.name, source=step.source)
                said = self.session.incoming(reply.get("value"), found)
        except WorkerLost:
            self.cell_patience = max(SHORTEST, self.cell_patience / 4)
            return False
        except Exception as error:  # the runner itself broke, which takes ill will
            said = {"output": "", "error": str(error)}
        if not isinstance(said, dict):
            return False
        output, error_text = said.get("output"), said.get("error")
        output = output[: min(5000, self.room)] if isinstance(output, str) else ""
        self.room -= len(output)
        if self.link.interrupted:  # what never ends has 60 + 15 + 4 + 3 + … s, and tests the rest
            self.cell_patience = max(SHORTEST, self.cell_patience / 4)
            error_text = self.link.interrupted
            self.result.flags.append(f"{step.name}: {error_text}")
        if isinstance(error_text, str):
            self.failures[step.name] = error_text = error_text[:MESSAGE]
            if error_text.startswith(AT_HOME):
                self.result.flags.append(f"{step.name}: {error_text}")
        self.result.outputs[step.name] = [output, self.failures.get(step.name)]
        return True

    def _places(self) -> dict[str, str]:
        """The last cell that the worker has run above each test."""
        found, last = {}, ""
        for step in self.submission.steps:
            if step.test:
                found[step.test] = last
            elif step.name not in self.skip:
                last = step.name
        return found

    def _compare_places(self) -> None:
        """Flag what cells between tests replace: it could be another solution for each test."""
        for subject in self.assignment.subjects:
            tests = [c.id for c in self.assignment.tests if subject in names_used(c.source)]
            places = {self.places[id] for id in tests}
            if len(places) < 2:
                continue
            steps = self.submission.steps
            first, *_, last = (k for k, step in enumerate(steps) if step.test in tests)
            bound = set().union(*(names_in(s.source, names_bound) for s in steps[first:last]))
            if names := self._replaced(subject, places) or (subject if subject in bound else ""):
                self.result.flags.append(f"cells between tests of {subject} replace {names}")

    def _replaced(self, subject: str, places: Iterable[str]) -> str:
        """The names that do not stand for one object at all places, as far as the worker says."""
        assert self.link is not None
        try:
            with self.link.budget(self.patience, "your code"):
                reply, found = self.session.ask("replaced", subject=subject, places=list(places))
                said = self.session.incoming(reply.get("value"), found)
        except (WorkerLost, Exception):  # the next test will notice
            return ""
        said = said if isinstance(said, list) else []
        names = [name[:80] for name in said if isinstance(name, str) and name.isidentifier()]
        return ", ".join(names[:MAX_NAMES])

    # --- the tests --------------------------------------------------------------------------

    def _test(self, cell: Cell) -> TestResult:
        """Run one test cell against the names as they stood at its place in the notebook."""
        assert self.link is not None
        if self.link.lost and not self._is_over():
            self._start()
        if self._is_over():
            return TestResult(cell.id, 0.0, cell.points, "not run: the submission's time is up")
        try:
            with self.link.budget(self.patience, "your code"):
                self._bind(self.places[cell.id])
                score, message = judge(cell, self.namespace)
        except (WorkerLost, Exception) as error:  # `judge` deals with what checks raise
            score, message = 0.0, str(error)
        if self.broken:
            raise self.broken
        if message.startswith("NameError") and self.own_error:
            message += f" (a cell of the assignment failed: {self.own_error})"
        if stopped := self.link.lost or self.link.interrupted:
            score, message = 0.0, stopped
            self.stopped.setdefault(stopped, []).append(cell.id)
            self.restarts += bool(self.link.lost)
            self.patience = max(min(SHORTEST, self.patience), self.patience / 2)
        return TestResult(cell.id, score, cell.points, message[:MESSAGE])

    def _bind(self, after: str) -> None:
        """Bind the student's names to stand-ins, or to a note that they are not written.

        As a rule all tests have the same place: then the worker is asked only once. But data may
        be other data by now.
        """
        from lmlib.checks import NotWritten

        subjects = self.assignment.subjects
        if self.bound_after != after:
            self.bound_after = None
            there = dict(self.session.names(subjects, after))
            self.bound = {
                name: there[name] if name in there else NotWritten(self._why_missing(name))
                for name in subjects
            }
            self.bound_after = after if all(map(callable, self.bound.values())) else None
        self.namespace.update(self.bound)

    def _prepare(self) -> None:
        """Run the instructor's own cells that the tests need; imports come first.

        Their suites say which ready-made layers the worker is to be without.
        """
        from lmlib.checks import Suite

        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        self._quietly(self.assignment.solution_imports)
        for cell in self.assignment.support:
            self._quietly(cell.source)
        suites = [value for value in self.namespace.values() if isinstance(value, Suite)]
        self.ready_made = "|".join(s.ready_made.pattern for s in suites if s.ready_made)
        self._remove(self.session)

    def _remove(self, session: Session) -> None:
        if self.ready_made:
            with contextlib.suppress(WorkerLost):  # the next request will notice
                session.ask("remove", ready_made=self.ready_made)

    def _spare(self) -> Session:
        """A second worker, without the student's code: it does what the first says that it does."""
        if self.spare is None or self.spare.link.lost:
            try:
                link = Link(self.control, replace(self.limits, total_cpu=self.limits.test_cpu))
            except Exception as error:
                self.broken = error
                raise
            self.spare = Session(link, self._spare)
            self._remove(self.spare)
        return self.spare

    def _quietly(self, source: str) -> None:
        """Run a cell; one that needs the student's names fails, and is not missed."""
        try:
            with quiet():
                exec(compile_cell("support", source), self.namespace)
        except Exception as error:
            self.own_error = self.own_error or f"{type(error).__name__}: {error}"

    def _why_missing(self, name: str) -> str:
        """Say which cell failed, if it would have defined the name: that is where to look first."""
        why = {**self.failures, **self.skip}
        for step in self.submission.steps:
            if step.name in why and re.search(DEFINES.format(name), step.source, re.MULTILINE):
                text = one_line(why[step.name])
                if text.startswith("SyntaxError:"):  # unless it is a newer Python's syntax
                    self.result.flags.append(f"{step.name}: {text}")
                return f"{name} is not written yet, or its cell failed. {step.name}: {text}"
        return f"{name} is not written yet"
