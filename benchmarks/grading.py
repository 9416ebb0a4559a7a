"""Grade the same submissions with stock nbgrader and with lmgrade, in turns, and compare.

    python -m benchmarks.grading      # writes results/grading.json

What another machine gave is kept beside it, as results/grading-NAME.json; the README has both.

Wall time and CPU time (of all processes, kernels and sandbox included) are taken of whole
commands, so that starting up counts.
"""

import argparse
import copy
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook

from benchmarks.common import RESULTS, machine, summary, write_results
from lmgrade.grading.run import judge
from lmgrade.notebook import release
from lmgrade.notebook.assignment import load, read_cells

ROOT = Path(__file__).resolve().parents[1]
NAME = "dropout"
# Wrong work that passes a test at some seeds only: its grade is not the same twice.
BY_CHANCE = {"mask_per_row", "p_always_half", "exact_count_per_sequence", "one_coin_for_all"}
STOCK = """\
c = get_config()
c.CourseDirectory.course_id = "lm39"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
"""
COMMANDS = {
    "stock": [sys.executable, "-m", "nbgrader", "autograde", NAME],
    "lmgrade": [sys.executable, "-m", "lmgrade.cli", "autograde", NAME],
}


def make_course(folder: Path, submissions: int, config: str) -> None:
    """A course with the assignment released and so many submissions, right and wrong ones."""
    shutil.copytree(ROOT / "solutions" / NAME, folder / "solutions" / NAME)
    shutil.copy(ROOT / "solutions" / f"{NAME}.py", folder / "solutions")
    (folder / "nbgrader_config.py").write_text(config)
    run(folder, [sys.executable, "-m", "nbgrader", "generate_assignment", NAME])
    samples = ROOT / "tests" / "validity" / NAME
    files = sorted([*samples.glob("right/*.py"), *samples.glob("wrong/*.py")])
    files = [path for path in files if path.stem not in BY_CHANCE]
    for number in range(submissions):
        path = files[number * len(files) // submissions % len(files)]
        target = folder / "submitted" / f"student{number:03}" / NAME
        target.mkdir(parents=True)
        nbformat.write(filled_in(path.read_text()), target / f"{NAME}.ipynb")


def filled_in(code: str) -> nbformat.NotebookNode:
    """The released notebook with a student's code in the cell that asks for the layer."""
    notebook = copy.deepcopy(nbformat.read(ROOT / f"exercises/{NAME}/{NAME}.ipynb", 4))
    for cell in notebook.cells:
        if cell.cell_type == "code" and "class Dropout" in cell.source:
            cell.source = code
    return notebook


def run(folder: Path, command: list[str]) -> dict[str, float]:
    """Run a command to its end; its wall and CPU seconds, with all that it started."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with open(folder / "log.txt", "ab") as log:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command} failed; see {folder / 'log.txt'}")
    wall = time.perf_counter() - start
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime}


def grades(folder: Path) -> dict[str, float]:
    """Every student's score, as the gradebook has it."""
    with Gradebook(f"sqlite:///{folder}/gradebook.db", "lm39") as gradebook:
        found = gradebook.assignment_submissions(NAME)
        return {submission.student.id: submission.score for submission in found}


def forget(folder: Path) -> None:
    """Undo the grading: the next round starts from the same state."""
    with Gradebook(f"sqlite:///{folder}/gradebook.db", "lm39") as gradebook:
        for submission in gradebook.assignment_submissions(NAME):
            gradebook.remove_submission(NAME, submission.student.id)
    for left in ("autograded", ".lmgrade"):
        shutil.rmtree(folder / left, ignore_errors=True)


def floor(submissions: int) -> float:
    """CPU seconds of the test cells alone, as lmgrade runs them: no process, no gradebook."""
    tests = [c for c in load(NAME, ROOT).cells if c.kind == "test"]
    notebook = release.solution_notebook(release.source_of(NAME))
    imports = [c for c in read_cells(notebook.cells) if c.kind == "plain"]
    solution = ROOT / "tests" / "validity" / NAME / "right" / "rand_where.py"
    namespace: dict[str, Any] = {}
    exec(imports[0].source, namespace)
    exec(solution.read_text(), namespace)
    spent = []
    for _ in range(5):
        start = time.process_time()
        assert all(judge(cell, namespace) == (cell.points, "") for cell in tests)
        spent.append(time.process_time() - start)
    return statistics.median(spent) * submissions


def measure(submissions: int, rounds: int, folder: Path, say: Callable[[str], None]) -> Any:
    """Alternate the two graders; medians, spread, ratios, and whether the grades agree."""
    configs = {"stock": STOCK, "lmgrade": (ROOT / "nbgrader_config.py").read_text()}
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in COMMANDS}
    for name in COMMANDS:
        (folder / name).mkdir()
        make_course(folder / name, submissions, configs[name])
    for number in range(rounds):
        for name, command in COMMANDS.items():
            forget(folder / name)
            taken[name].append(run(folder / name, command))
            times = ", ".join(f"{what} {s:.1f} s" for what, s in taken[name][-1].items())
            say(f"round {number + 1}, {name}: {times}")
    stock, ours = grades(folder / "stock"), grades(folder / "lmgrade")
    for student in sorted(stock.keys() | ours.keys()):
        if stock.get(student) != ours.get(student):
            say(f"{student}: stock {stock.get(student)}, lmgrade {ours.get(student)}")
    return {"taken": taken, "equal_grades": stock == ours}


def summarise(measured: Any) -> dict[str, Any]:
    """Medians and ranges per grader, and the ratio of the medians."""
    result: dict[str, Any] = {
        name: {what: summary([entry[what] for entry in taken]) for what in ("wall", "cpu")}
        for name, taken in measured["taken"].items()
    }
    result["ratio"] = {
        what: round(result["stock"][what]["median"] / result["lmgrade"][what]["median"], 2)
        for what in ("wall", "cpu")
    }
    return result


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.grading", description=__doc__)
    parser.add_argument("--submissions", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    release.release(NAME)
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(args.submissions, args.rounds, Path(folder), print)
    result = {
        "command": "python -m benchmarks.grading",
        "machine": machine(),
        **summarise(measured),
        "equal_grades": measured["equal_grades"],
        "floor": {"cpu": floor(args.submissions)},
        "submissions": args.submissions,
        "rounds": args.rounds,
        "assignment": NAME,
    }
    write_results(RESULTS / "grading.json", result)
    print(result["ratio"], "equal grades:", result["equal_grades"])


if __name__ == "__main__":
    main()
