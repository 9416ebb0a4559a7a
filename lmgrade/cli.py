"""The command `lmgrade`."""

import argparse
import sys
from pathlib import Path

from lmgrade.assignment import UnknownAssignment
from lmgrade.sandbox import SandboxError

INTRODUCTION = """\
Grade the course's assignments. Student code runs in a sandbox and never in the process that
decides the score.

  lmgrade score dropout my.py        grade a file: a .py with the functions, or a notebook
  lmgrade score dropout *.py --json  grade many, for a program to read
  lmgrade autograde dropout          grade submitted/*/dropout into nbgrader's gradebook
"""


def build_parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    parser = argparse.ArgumentParser(
        prog="lmgrade",
        description=INTRODUCTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("assignment", help="its name, such as dropout")
    shared.add_argument(
        "--course", type=Path, default=Path(), help="the folder that holds solutions/ (here)"
    )
    running = argparse.ArgumentParser(add_help=False)
    running.add_argument("--workers", type=int, help="submissions at a time (one a core)")
    running.add_argument(
        "--no-sandbox", action="store_true", help="run student code with your own rights"
    )
    score = commands.add_parser(
        "score", parents=[shared, running], help="grade files without a gradebook"
    )
    score.add_argument("files", nargs="+", type=Path, help=".py files or notebooks")
    score.add_argument("--json", action="store_true", help="print the results as JSON")
    score.set_defaults(run=_score)
    autograde = commands.add_parser(
        "autograde", parents=[shared, running], help="grade all submissions into the gradebook"
    )
    autograde.add_argument("--student", action="append", help="only this student; repeatable")
    autograde.add_argument("--force", action="store_true", help="also what was graded before")
    autograde.set_defaults(run=_autograde)
    return parser


def _score(args: argparse.Namespace) -> int:
    from lmgrade.score import as_json, as_text, score

    results = score(
        args.assignment,
        args.files,
        args.course,
        workers=args.workers,
        sandbox=not args.no_sandbox,
    )
    text = (
        as_json(args.assignment, args.files, results) if args.json else as_text(args.files, results)
    )
    print(text)
    return 0


def _autograde(args: argparse.Namespace) -> int:
    from lmgrade.plugin import run

    return run(
        args.assignment,
        args.course,
        students=args.student,
        force=args.force,
        workers=args.workers,
        sandbox=not args.no_sandbox,
    )


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code is 0 when it did its work, whatever the scores."""
    args = build_parser().parse_args(arguments)
    # Reading notebooks imports jsonschema, which would build a grammar for internationalised
    # addresses, and takes most of a second to do so. Notebooks have none.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    try:
        code: int = args.run(args)
    except (UnknownAssignment, SandboxError) as error:
        print(f"lmgrade: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
