"""`python -m tests.validity [NAME…] [--seeds N]` prints and records the validity table."""

import argparse
import contextlib
import io
import os

from tqdm import tqdm

from benchmarks.common import RESULTS, machine, read_results, write_results
from tests.validity.judge import Verdict, assignments, judge_all, student_files

TABLE = RESULTS / "validity.json"
SEEDS = 20
COLUMNS = ("right", "rejected", "wrong", "accepted", "other_message", "seeds", "slowest_s")


def summary(verdicts: list[Verdict], seeds: int) -> dict[str, float]:
    """One line of the table."""
    right = [v for v in verdicts if v.is_right]
    wrong = [v for v in verdicts if not v.is_right]
    return {
        "right": len(right),
        "rejected": sum(v.misjudged for v in right),
        "wrong": len(wrong),
        "accepted": sum(v.misjudged for v in wrong),
        "other_message": sum(v.misnamed for v in wrong),
        "seeds": seeds,
        "slowest_s": round(max((v.slowest for v in right), default=(0.0,))[0], 2),
    }


def record(name: str, row: dict[str, float]) -> None:
    """Put one line into the results file, at once, so that an interrupted run keeps the rest."""
    rows = read_results(TABLE).get("assignments", {}) | {name: row}
    about = {"command": "python -m tests.validity", "machine": machine()}
    write_results(TABLE, about | {"assignments": dict(sorted(rows.items()))})


def describe(verdict: Verdict) -> str:
    """One line about a file: its messages, the message expected and its time."""
    file = f"{verdict.path.parent.name}/{verdict.path.name}"
    messages = ", ".join(sorted(map(str, set(verdict.first_messages))))
    return f"  {file}: {messages} (expected {verdict.expected}), {verdict.slowest[0]:.2f} s"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.validity", description=__doc__)
    parser.add_argument("name", nargs="*", help="an assignment; without a name, all of them")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="fewer are not recorded")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--verbose", action="store_true", help="a line for every file")
    options = parser.parse_args()
    print(f"{'':<20}" + "".join(f"{name:>15}" for name in COLUMNS))
    bad = 0
    for name in options.name or assignments():
        seeds = [None, *range(1, options.seeds + 1)]
        judged = judge_all(name, seeds, options.workers)
        bar = tqdm(judged, name, total=len(student_files(name)), leave=False)
        with contextlib.redirect_stdout(io.StringIO()):
            verdicts = list(bar)
        row = summary(verdicts, options.seeds)
        print(f"{name:<20}" + "".join(f"{row[column]:>15}" for column in COLUMNS), flush=True)
        bad += row["rejected"] + row["accepted"] + row["other_message"]
        for v in sorted(verdicts, key=lambda v: v.path):
            if options.verbose or v.misjudged or v.misnamed:
                print(describe(v))
        if options.seeds >= SEEDS:
            record(name, row)
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())
