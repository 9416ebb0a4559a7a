"""Grade one submission: its cells run in the worker, the tests here, in the notebook's order."""

import ast
import contextlib
import random
import re
import socket
import sys
import time
import types
from collections.abc import Iterator
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from lmgrade.grading import protocol
from lmgrade.grading.limits import Limits
from lmgrade.grading.link import ENDED, Link, NewWorker, WorkerLost
from lmgrade.grading.result import Result, TestResult, failed, one_line
from lmgrade.grading.standins import Session
from lmgrade.notebook.assignment import Cell, Exam
from lmgrade.notebook.execution import captured, parse_cell, split_last
from lmgrade.notebook.submission import Step, Submission

MESSAGE = 2000
MAX_RESTARTS = 12
MAX_FLAGS = 20  # of one submission
MAX_OUTPUT = 1_000_000  # characters of all cells that a page of feedback shows
SHORTEST = 3.0  # CPU seconds that code gets after other parts of it have run out of time
DEFINES = r"\b(?:def|class)[ \t]+{0}\b|\bimport\b.{{0,200}}\b{0}\b|^[ \t]*{0}[ \t]*="
# Errors of cells that may well run at home, where there are other files, names and a network.
AT_HOME = ("ModuleNotFoundError:", "FileNotFoundError:", "OSError:", "URLError:")


def job(exam: Exam, submission: Submission) -> dict[str, Any]:
    """Everything that a checker has to know; it opens no file of the course."""
    return {"exam": asdict(exam), "submission": asdict(submission)}


def read_job(tree: dict[str, Any]) -> tuple[Exam, Submission]:
    """Read back what `job` made."""
    exam, submission = Exam(**tree["exam"]), Submission(**tree["submission"])
    for cells in (exam.tests, exam.support):
        cells[:] = [Cell(**cell) for cell in cells]  # type: ignore[arg-type]
    submission.steps = [Step(**step) for step in submission.steps]  # type: ignore[arg-type]
    return exam, submission


def check_job(link: socket.socket, new_worker: NewWorker, limits: Limits) -> None:
    """The life of a checker: a job comes in, a result goes out."""
    exam, submission = read_job(protocol.receive(link))
    protocol.send(link, grade(exam, submission, new_worker, limits).to_dict())


def grade(exam: Exam, submission: Submission, new_worker: NewWorker, limits: Limits) -> Result:
    """Run the submission's cells and the assignment's tests; raises only where no worker starts."""
    run = Run(exam, submission, new_worker, limits)
    try:
        return run.grade()
    except Exception as error:
        return failed(exam, f"the grader itself failed ({type(error).__name__}: {error})")
    finally:
        run.link.close()


class Run:
    """One grading: the worker, which may have to be replaced, and the trusted namespace."""

    def __init__(
        self, exam: Exam, submission: Submission, new_worker: NewWorker, limits: Limits
    ) -> None:
        self.exam, self.submission = exam, submission
        self.new_worker, self.limits = new_worker, limits
        self.result = Result(flags=list(submission.flags))
        self.tests = {cell.id: cell for cell in exam.tests}
        self.skip: dict[str, str] = {}  # cells that end a worker, and why
        self.failures: dict[str, str] = {}
        self.stopped: dict[str, list[str]] = {}  # tests, by what stopped them
        self.done = 0  # steps
        self.spent = self.waited = 0.0  # seconds of the workers that are gone
        self.restarts = 0
        self.room = MAX_OUTPUT
        self.cell_cpu, self.test_cpu = limits.cell_cpu, limits.test_cpu
        self.own_error = ""
        self.end = time.monotonic() + limits.wall
        self._prepare()
        self._new_worker()

    def grade(self) -> Result:
        for position, step in enumerate(self.submission.steps):
            self.done = position
            if step.test is None:
                self._cell(step)
            else:
                self.result.tests.append(self._test(self.tests[step.test]))
        self.result.flags += [f"{name}: {why}" for name, why in self.skip.items()]
        for reason, ids in self.stopped.items():
            self.result.flags.append(f"{reason} (in {', '.join(ids)})")
        if self.result.score == self.result.max_score:
            ran = slice(len(self.submission.flags), None)
            self.result.flags[ran] = [f"{x} (no points lost)" for x in self.result.flags[ran]]
        flags = list(dict.fromkeys(one_line(flag[:MESSAGE]) for flag in self.result.flags))
        more = [f"… and {len(flags) - MAX_FLAGS} more reasons"] if len(flags) > MAX_FLAGS else []
        self.result.flags = flags[:MAX_FLAGS] + more
        order = {cell.id: place for place, cell in enumerate(self.exam.tests)}
        self.result.tests.sort(key=lambda test: order[test.grade_id])
        return self.result

    # --- the worker -------------------------------------------------------------------------

    def _new_worker(self) -> None:
        """A worker with the files that were handed in."""
        link, pid = self.new_worker()
        self.link = Link(link, pid, self.limits, self.spent, self.waited)
        self.session = Session(self.link)
        with self._quietly():
            self.session.ask("files", files=self.submission.files)

    def _restart(self) -> bool:
        """A new worker in place of a lost one, with all cells up to here; False if time is up."""
        while self.restarts < MAX_RESTARTS and not self._is_over():
            self.restarts += 1
            self.spent += self.link.cpu()
            self.waited = self.link.waited
            self.link.close()
            self._new_worker()
            earlier = self.submission.steps[: self.done]
            if all(self._run(s) for s in earlier if s.test is None and s.name not in self.skip):
                return True
        return False

    def _is_over(self) -> bool:
        busy = self.spent + self.link.cpu() >= self.limits.total_cpu
        return busy or time.monotonic() > self.end or self.link.waited >= self.limits.waits

    def _cell(self, step: Step) -> None:
        """Run a cell; one that ends the process does so twice, and is then passed over."""
        if self.link.lost and not self._restart():
            self.skip[step.name] = self.link.lost
            return
        if self._run(step) or (self.link.lost == ENDED and self._restart() and self._run(step)):
            return
        self.skip[step.name] = self.link.lost or ENDED
        self.cell_cpu = max(SHORTEST, self.cell_cpu / 4)

    def _run(self, step: Step) -> bool:
        """Run a cell; whether the worker is still there. Its own failure is only noted."""
        try:
            self.link.allow(self.cell_cpu, f"{step.name} of the notebook")
            said = self.session.ask("run", name=step.name, source=step.source)
        except WorkerLost:
            return False
        except Exception as error:  # the runner itself broke
            said = {"output": "", "error": str(error)}
        said = said if isinstance(said, dict) else {}
        output, error_text = said.get("output"), said.get("error")
        output = output[: min(5000, self.room)] if isinstance(output, str) else ""
        self.room -= len(output)
        if self.link.interrupted:
            self.cell_cpu = max(SHORTEST, self.cell_cpu / 4)
            error_text = self.link.interrupted
            self.result.flags.append(f"{step.name}: {error_text}")
        self.failures.pop(step.name, None)
        if isinstance(error_text, str):
            self.failures[step.name] = error_text = error_text[:MESSAGE]
            if error_text.startswith(AT_HOME):
                self.result.flags.append(f"{step.name}: {error_text}")
        self.result.outputs[step.name] = [output, self.failures.get(step.name)]
        return True

    # --- the tests --------------------------------------------------------------------------

    def _test(self, cell: Cell) -> TestResult:
        """Judge one test; where the process ended by itself, once more, as it may be no fault."""
        for attempt in range(2):
            if self.link.lost and not self._restart():
                text = f"not run: {self.link.lost}"
                return TestResult(cell.id, 0.0, cell.points, text[:MESSAGE])
            score, message = self._judge(cell)
            if self.link.lost != ENDED or attempt:
                break
        if stopped := self.link.lost or self.link.interrupted:
            score, message = 0.0, stopped
            self.stopped.setdefault(stopped, []).append(cell.id)
            self.test_cpu = max(min(SHORTEST, self.test_cpu), self.test_cpu / 2)
        return TestResult(cell.id, score, cell.points, message[:MESSAGE])

    def _judge(self, cell: Cell) -> tuple[float, str]:
        try:
            self.link.allow(self.test_cpu, "your code")
            missing = self._bind()
            score, message = judge(cell, self.namespace)
        except (WorkerLost, Exception) as error:  # `judge` deals with what tests raise
            return 0.0, str(error)
        if message.startswith("NameError"):
            ours = f"a cell of the assignment failed: {self.own_error}" if self.own_error else ""
            why = next((text for name, text in missing.items() if repr(name) in message), ours)
            message += f" ({why})" if why else ""
        return score, message

    def _bind(self) -> dict[str, str]:
        """Bind the student's names to what they stand for now; return why others are missing."""
        subjects = self.exam.subjects
        found = self.session.ask("names", names=subjects)
        there = found if isinstance(found, dict) else {}
        missing = {name: self._why_missing(name) for name in subjects if name not in there}
        for name in subjects:
            self.namespace.pop(name, None)
        self.namespace.update((name, there[name]) for name in subjects if name in there)
        if suites := sys.modules.get("lmlib.checks"):  # whose properties say it themselves
            self.namespace.update((name, suites.NotWritten(why)) for name, why in missing.items())
        return missing

    def _prepare(self) -> None:
        """Run the instructor's own cells that the tests need; imports come first."""
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        for source in (self.exam.imports, *(cell.source for cell in self.exam.support)):
            with self._quietly():
                exec(compile(parse_cell(source), "support", "exec"), self.namespace)

    @contextlib.contextmanager
    def _quietly(self) -> Iterator[None]:
        """Do what may fail: a cell that needs the student's names is not missed."""
        try:
            with captured(0):
                yield
        except WorkerLost:
            pass
        except Exception as error:
            self.own_error = self.own_error or f"{type(error).__name__}: {error}"

    def _why_missing(self, name: str) -> str:
        """Say which cell failed, if it would have defined the name: that is where to look first."""
        why = {**self.failures, **self.skip}
        for step in self.submission.steps:
            if step.name in why and re.search(DEFINES.format(name), step.source, re.MULTILINE):
                text = one_line(why[step.name])
                return f"{name} is not written yet, or its cell failed. {step.name}: {text}"
        return f"{name} is not written yet"


def judge(cell: Cell, namespace: dict[str, Any]) -> tuple[float, str]:
    """Run a test cell: full points, none, or what its last expression says."""
    _seed_anew()
    try:
        with captured(0):
            statements, last = _compiled(cell.source)
            exec(statements, namespace)
            value = None if last is None else eval(last, namespace)
    except AssertionError as error:
        return 0.0, str(error) or "an assertion of the test does not hold"
    except Exception as error:
        return 0.0, f"{type(error).__name__}: {error}"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        # The points come first: where the value is NaN, `max` and `min` keep their first argument.
        return min(cell.points, max(0.0, float(value))), ""
    return cell.points, ""


def _seed_anew() -> None:
    """Unforeseeable random numbers for each test, until it seeds them itself."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(random.getrandbits(32))
    if torch := sys.modules.get("torch"):
        torch.default_generator.manual_seed(random.getrandbits(60))
        torch.set_default_dtype(torch.float32)


@lru_cache(64)
def _compiled(source: str) -> tuple[types.CodeType, types.CodeType | None]:
    """What `split_last` makes of a test cell."""
    tree = parse_cell(source)
    tree.body = _without_previews(tree.body)
    last = split_last(tree)
    return compile(tree, "test", "exec"), compile(last, "test", "eval") if last else None


def _without_previews(body: list[ast.stmt]) -> list[ast.stmt]:
    """Leave out `check.x(A)` where `check.grade.x(A)` follows.

    The first judges a property on the draw that students have seen, the second the same property
    on an unseen one. So the first finds nothing more, and costs as much.
    """
    texts = [ast.unparse(statement) for statement in body]
    graded = {text.replace("check.grade.", "check.", 1) for text in texts if "check.grade." in text}
    return [s for s, text in zip(body, texts, strict=True) if text not in graded]
