"""The commands of `lmgrade`, their options, and what `--help` says of them."""

import argparse
import textwrap
from pathlib import Path
from typing import Any

INTRODUCTION = """\
Grade the course's assignments. Student code runs in a sandbox and never in the process that
decides the score.

  lmgrade score dropout my.py        grade a file: a .py with the functions, or a notebook
  lmgrade score dropout *.py --json  grade many, for a program to read
  lmgrade autograde dropout          grade submitted/*/dropout into nbgrader's gradebook
  lmgrade flagged dropout            which submissions to look at, and why
  lmgrade report dropout             which symptoms how many students ran into
  lmgrade export dropout --format canvas

`nbgrader autograde` and the Formgrader's button do the same as `lmgrade autograde`.
"""
EXIT_CODES = """\
exit codes:
  0    all was done, whatever the scores
  1    something could not be graded, recorded or trusted; the text says what
  2    the command could not be carried out
  130  stopped by Ctrl-C (by another signal: 128 and its number)
"""
# name: (what it does, what else to know, example)
COMMANDS = {
    "score": (
        "grade files without a gradebook",
        "Nothing is recorded; the scores and the messages of failed tests go to the screen.",
        "lmgrade score dropout my.py",
    ),
    "autograde": (
        "grade all submissions into the gradebook",
        "It reads submitted/STUDENT/NAME/NAME.ipynb, and passes over what was graded before.",
        "lmgrade autograde dropout --student ada",
    ),
    "report": (
        "which symptoms how many students ran into",
        "The points are those that all of them lost by it.",
        "lmgrade report dropout --csv symptoms.csv --plot symptoms.png",
    ),
    "flagged": (
        "submissions that a person should look at, and why",
        "Those of earlier runs are included.",
        "lmgrade flagged dropout",
    ),
    "export": (
        "grades as a table to import",
        "Whose grade is missing or may still grow is told on standard error.",
        "lmgrade export dropout --format canvas --to canvas.csv",
    ),
    "release": (
        "make exercises/ from solutions/",
        "The students' notebooks have no solutions and no hidden tests.",
        "lmgrade release dropout",
    ),
}


def build_parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    parser = argparse.ArgumentParser(
        prog="lmgrade",
        description=INTRODUCTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument(
        "--course", type=_folder, default=Path(), help="the folder that holds solutions/ (here)"
    )
    shared = argparse.ArgumentParser(add_help=False, parents=[where])
    shared.add_argument("assignment", help="its name, such as dropout")
    running = argparse.ArgumentParser(add_help=False)
    running.add_argument("--workers", type=_count, help="submissions at a time (one a core)")
    running.add_argument(
        "--no-sandbox", action="store_true", help="run student code with your own rights"
    )
    score = _add(commands, "score", [shared, running])
    score.add_argument("files", nargs="+", type=Path, help=".py files or notebooks")
    score.add_argument("--json", action="store_true", help="print the results as JSON")
    autograde = _add(commands, "autograde", [shared, running])
    autograde.add_argument("--student", action="append", help="only this student; repeatable")
    autograde.add_argument("--force", action="store_true", help="also what was graded before")
    report = _add(commands, "report", [shared])
    report.add_argument("--csv", type=Path, help="also write the table here, with names")
    report.add_argument("--plot", type=Path, help="also draw it here (.png or .svg)")
    _add(commands, "flagged", [shared])
    export = _add(commands, "export", [shared])
    export.add_argument(
        "--format",
        choices=("nbgrader", "canvas", "moodle"),
        default="nbgrader",
        help="whose columns the table has (nbgrader)",
    )
    export.add_argument("--to", type=Path, help="write to this file instead of the screen")
    release = _add(commands, "release", [where])
    release.add_argument("names", nargs="*", help="assignments; without a name, all of them")
    return parser


def _add(
    commands: Any, name: str, parents: list[argparse.ArgumentParser]
) -> argparse.ArgumentParser:
    what, more, example = COMMANDS[name]
    added: argparse.ArgumentParser = commands.add_parser(
        name,
        parents=parents,
        help=what,
        description=textwrap.fill(f"{what[0].upper()}{what[1:]}. {more}", 80),
        epilog=f"example:\n  {example}\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return added


def _folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no folder")
    return Path(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 up")
    return int(text)
