"""The command `lmgrade`."""

import argparse
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from lmgrade.assignment import BadConfig, NothingGraded, UnknownAssignment
from lmgrade.files import write_whole
from lmgrade.sandbox import SandboxError

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


def build_parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    parser = argparse.ArgumentParser(
        prog="lmgrade",
        description=INTRODUCTION,
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
    report = commands.add_parser(
        "report", parents=[shared], help="which symptoms how many students ran into"
    )
    report.add_argument("--csv", type=Path, help="also write the table here")
    report.add_argument("--plot", type=Path, help="also draw it here (.png or .svg)")
    report.set_defaults(run=_report)
    flagged = commands.add_parser(
        "flagged", parents=[shared], help="submissions that a person should look at, and why"
    )
    flagged.set_defaults(run=_flagged)
    export = commands.add_parser("export", parents=[shared], help="grades as a table to import")
    export.add_argument("--format", choices=("nbgrader", "canvas", "moodle"), default="nbgrader")
    export.add_argument("--to", type=Path, help="write to this file instead of the screen")
    export.set_defaults(run=_export)
    release = commands.add_parser(
        "release", parents=[where], help="make exercises/ from solutions/"
    )
    release.add_argument("names", nargs="*", help="assignments; without a name, all of them")
    release.set_defaults(run=_release)
    return parser


def _folder(text: str) -> Path:
    if not Path(text).is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is no folder")
    return Path(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 up")
    return int(text)


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # a format that matplotlib does not know
        raise Refused(f"{path} cannot be written: {error}") from None


def _stop(number: int, _: object) -> None:
    """End as Ctrl-C does, whatever catches SystemExit on the way."""
    raise KeyboardInterrupt(number)


class Refused(Exception):
    """What the command was given cannot be used; the text says why."""


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
    return 1 if any(result.unreadable for result in results) else 0


def _autograde(args: argparse.Namespace) -> int:
    gc.disable()  # while nbgrader is imported, and what it needs; they leave no garbage
    from lmgrade.plugin import run

    gc.freeze()
    gc.enable()
    return run(
        args.assignment,
        args.course,
        students=args.student,
        force=args.force,
        workers=args.workers,
        sandbox=not args.no_sandbox,
    )


def _report(args: argparse.Namespace) -> int:
    from lmgrade.course import root_of
    from lmgrade.report import is_recorded, plot, read_records, symptoms, table, write_csv

    noted = read_records(root_of(args.course), args.assignment)
    records = [record for record in noted if is_recorded(record)]
    if failed := len(noted) - len(records):
        text = f"{failed} submissions could not be recorded and do not count"
        print(f"lmgrade: {text}; see: lmgrade flagged {args.assignment}", file=sys.stderr)
    found = symptoms(records)
    if args.csv:
        with _writing(args.csv):
            write_csv(found, args.csv)
    if args.plot:
        with _writing(args.plot):
            plot(found, len(records), args.assignment, args.plot)
    print(table(found, len(records)))
    return 0


def _flagged(args: argparse.Namespace) -> int:
    from lmgrade.course import root_of
    from lmgrade.report import flagged, read_records

    print(flagged(read_records(root_of(args.course), args.assignment)))
    return 0


def _export(args: argparse.Namespace) -> int:
    from lmgrade.export import as_table, read_grades, remarks

    rows = read_grades(args.course, args.assignment)
    text = as_table(args.assignment, rows, args.format)
    if args.to:
        with _writing(args.to):
            if args.to.is_dir():
                raise IsADirectoryError("it is a folder; name a file")
            write_whole(args.to, text)
    else:
        print(text, end="")
    for remark in remarks(rows, args.format):
        print(f"lmgrade: {remark}", file=sys.stderr)
    return 0


def _release(args: argparse.Namespace) -> int:
    from lmgrade import release

    return release.main(args.names, args.course)


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code is 0 when it did its work, whatever the scores.

    It is 1 where a submission could not be read, after all others have been graded.
    """
    args = build_parser().parse_args(arguments)
    # nbgrader starts alembic by name; it lies beside the interpreter, activated or not.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    # Reading notebooks imports jsonschema, which would build a grammar for internationalised
    # addresses, and takes most of a second to do so. Notebooks have none.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    for number in (signal.SIGTERM, signal.SIGHUP):  # so that nothing stays behind
        signal.signal(number, _stop)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (UnknownAssignment, NothingGraded, BadConfig, SandboxError, Refused, OSError) as error:
        print(f"lmgrade: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        text = f"the module {error.name} is not installed; in the clone of the course, run:"
        print(f"lmgrade: {text} pip install '.[grading]'", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stop:
        goes_on = args.command == "autograde" and not args.force
        again = "goes on" if goes_on else "starts over"
        with contextlib.suppress(OSError):  # the terminal may be gone
            print(f"\nlmgrade: stopped; the same command {again}.", file=sys.stderr)
        return 128 + (stop.args[0] if stop.args else signal.SIGINT)
    return code


if __name__ == "__main__":
    sys.exit(main())
