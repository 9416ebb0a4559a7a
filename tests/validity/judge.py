"""Run the graded cells of an assignment on one student file, in a child process of its own."""

import importlib
import multiprocessing
import re
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import torch

from lmgrade.notebook.release import solution_notebook, source_of
from lmlib.checks import NotWritten, Suite, Symptom

HERE = Path(__file__).parent
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(.*?)### END HIDDEN TESTS", re.DOTALL)


@dataclass
class Verdict:
    """What the checks said of a file: per seed, the id of the first message, or None."""

    path: Path
    first_messages: list[str | None] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")

    @property
    def is_right(self) -> bool:
        return self.path.parent.name == "right"

    @property
    def expected(self) -> str | None:
        if self.is_right:
            return None
        return self.path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ").split()[0]

    @property
    def misjudged(self) -> bool:
        """A right file that any seed rejects, or a wrong one that any seed accepts."""
        return any((message is None) != self.is_right for message in self.first_messages)

    @property
    def misnamed(self) -> bool:
        return not self.misjudged and set(self.first_messages) != {self.expected}


def student_files(assignment: str) -> list[Path]:
    return sorted((HERE / assignment).glob("right/*.py")) + sorted(
        (HERE / assignment).glob("wrong/*.py")
    )


def assignments() -> list[str]:
    return sorted(path.name for path in HERE.iterdir() if (path / "right").is_dir())


def judge_all(
    assignment: str,
    seeds: Sequence[int | None],
    workers: int = 2,
    files: list[Path] | None = None,
) -> Iterator[Verdict]:
    """Judge files of an assignment, all if none are named; children are forked from this.

    With a seed, by the hidden tests; with None, by those that a student sees.
    """
    cells = graded_cells(assignment)
    suite = importlib.import_module(f"lmlib.checks.{assignment}").check
    torch.set_num_threads(1)
    torch.optim.Adam([torch.zeros(1, requires_grad=True)])  # imports what optimizers need
    waiting = (files or student_files(assignment))[::-1]
    running: dict[Any, tuple[Any, Path]] = {}
    fork = multiprocessing.get_context("fork")
    while waiting or running:
        while waiting and len(running) < workers:
            path = waiting.pop()
            receiver, sender = fork.Pipe(duplex=False)
            task = (path, cells, suite, seeds, sender)
            child = fork.Process(target=_judge, args=task, daemon=True)
            child.start()
            sender.close()
            running[receiver] = child, path
        for receiver in wait(list(running)):
            child, path = running.pop(receiver)
            yield _receive(receiver, path)
            child.join()


def graded_cells(assignment: str) -> list[tuple[str, str]]:
    """(visible source, hidden source) of each test cell, in notebook order."""
    cells = []
    for cell in solution_notebook(source_of(assignment)).cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade") and cell.cell_type == "code":
            hidden = "".join(HIDDEN.findall(cell.source))
            cells.append((HIDDEN.sub("", cell.source), hidden))
    return cells


def _receive(receiver: Any, path: Path) -> Verdict:
    try:
        return receiver.recv()
    except EOFError:
        return Verdict(path, ["the process died"])


def _judge(
    path: Path,
    cells: list[tuple[str, str]],
    suite: Suite,
    seeds: Sequence[int | None],
    sender: Connection,
) -> None:
    warnings.simplefilter("ignore")
    verdict = Verdict(path)
    for seed in seeds:
        suite.grade.seed = seed
        names = names_of(path, suite)  # as for each submission, nothing is left of the last seed
        first = None
        for visible, hidden in cells:
            source = visible if seed is None else hidden
            start = time.perf_counter()
            first = first or _message(source, names)
            verdict.slowest = max(verdict.slowest, (time.perf_counter() - start, source.strip()))
            if first and not verdict.is_right:
                break
        verdict.first_messages.append(first)
    sender.send(verdict)


def names_of(path: Path, suite: Suite) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), names)
    except Exception as error:
        names[suite.subjects[0]] = NotWritten(f"the cell failed: {type(error).__name__}: {error}")
    for name in suite.subjects:
        names.setdefault(name, NotWritten())
    names["check"] = suite
    return names


def _message(source: str, names: dict[str, Any]) -> str | None:
    try:
        exec(source, names)
    except Symptom as symptom:
        return symptom.id
    return None
