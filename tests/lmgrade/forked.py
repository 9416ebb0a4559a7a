"""Grade a few cells with workers that are plain forks of the test's own process."""

import faulthandler
import os
import socket
import tempfile

from lmgrade.grading import run, worker
from lmgrade.grading.limits import Limits
from lmgrade.grading.result import Result
from lmgrade.notebook.assignment import Assignment, Cell
from lmgrade.notebook.submission import Step, Submission

QUICK = Limits(cell_cpu=1, test_cpu=1, total_cpu=20, blocked=2)


def new_worker() -> tuple[socket.socket, int]:
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        os.chdir(tempfile.mkdtemp(prefix="lmgrade-test-"))
        ours.close()
        faulthandler.disable()  # which would show each crash that a test causes
        try:
            worker.serve(theirs)
        finally:
            os._exit(0)
    theirs.close()
    return ours, pid


def grade(
    cells: list[str],
    *tests: str,
    reference: str = "",
    support: str = "",
    points: float = 1.0,
    files: dict[str, bytes] | None = None,
    limits: Limits = QUICK,
) -> Result:
    """Run the cells of a student, and then the tests, each worth the same points.

    The instructor's solution is what the student wrote, unless there is a `reference`.
    """
    ours = [Cell("support", "locked", support)] if support else []
    solution = [reference] if reference else cells
    ours += [Cell(f"solution-{k}", "solution", source) for k, source in enumerate(solution)]
    judged = [Cell(f"test-{k}", "test", source, points) for k, source in enumerate(tests)]
    sources = [*([support] if support else []), *cells]
    steps = [Step(f"cell {k}", source) for k, source in enumerate(sources, 1)]
    steps += [Step(cell.id, "", test=cell.id) for cell in judged]
    assignment = Assignment("tried", (*ours, *judged))
    return run.grade(assignment.exam, Submission(steps, [], files or {}), new_worker, limits)
