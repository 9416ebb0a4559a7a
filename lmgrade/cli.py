"""The command `lmgrade`."""

import argparse
import contextlib
import os
import signal
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lmgrade.notebook.assignment import Refused
from lmgrade.sandbox import SandboxError

INTRODUCTION = """\
Grade notebooks. Student code runs in a sandbox and never in the process that decides the score.

  lmgrade score dropout my.py        grade a file: a .py with the functions, or a notebook
  lmgrade score dropout *.py --json  grade many, for a program to read
  lmgrade autograde dropout          grade submitted/*/dropout into nbgrader's gradebook
  lmgrade flagged dropout            which submissions to look at, and why
  lmgrade feedback dropout           a page for each student, made anew where a grade changed
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


def score(args: argparse.Namespace) -> int:
    """Nothing is recorded; the scores and the messages of failed tests go to the screen."""
    from lmgrade import score as scoring

    options = (args.workers, args.sandbox)
    results = scoring.score(args.assignment, args.files, args.course, *options)
    if args.json:
        print(scoring.as_json(args.assignment, args.files, results))
    else:
        print(scoring.as_text(args.files, results))
    return 1 if any(result.unreadable for result in results) else 0


def autograde(args: argparse.Namespace) -> int:
    """It reads submitted/STUDENT/NAME/NAME.ipynb, and passes over what was graded before."""
    from lmgrade.nbgrader.plugin import run

    return run(args)


def report(args: argparse.Namespace) -> int:
    """The points are those that all of them lost by it. Without a name, all assignments count."""
    from lmgrade.nbgrader.plugin import entered
    from lmgrade.report import Report, graded_assignments, is_recorded, read_records

    records: dict[str, list[dict[str, Any]]] = {}
    with entered(args.course) as course:
        names = [args.assignment] if args.assignment else graded_assignments(Path(course.root))
        if not names:
            raise Refused(f"nothing is graded in {course.root} yet")
        for name in names:
            noted = read_records(course, name)
            records[name] = [record for record in noted if is_recorded(record)]
            if failed := len(noted) - len(records[name]):
                text = f"{failed} submissions could not be recorded and do not count"
                text += f"; see: lmgrade flagged {name}"
                if not records[name]:
                    raise Refused(text)
                print(f"lmgrade: {text}", file=sys.stderr)
        made = Report(records, Path(course.source_directory))
    writers: list[Any] = [made.write_csv, made.write_plot, made.write_html]
    for path, write in zip((args.csv, args.plot, args.html), writers, strict=True):
        if path:
            with _writing(path):
                write(path)
    print(made.text())
    return 0


def flagged(args: argparse.Namespace) -> int:
    """Those of earlier runs are included."""
    from lmgrade.nbgrader.plugin import entered
    from lmgrade.report import flagged as listed
    from lmgrade.report import read_records

    with entered(args.course) as course:
        print(listed(read_records(course, args.assignment)))
    return 0


def feedback(args: argparse.Namespace) -> int:
    """Pages of grades that have changed since are made again."""
    from lmgrade.feedback import give

    for line in give(args.course, args.assignment, args.zip, args.release, args.anyway):
        print(f"lmgrade: {line}")
    return 0


def export(args: argparse.Namespace) -> int:
    """Whose grade is missing or may still grow is told on standard error."""
    from lmgrade.export import as_table, read_grades, remarks
    from lmgrade.notebook.release import write_whole

    rows = read_grades(args.course, args.assignment, args.anyway)
    text = as_table(args.assignment, rows, args.format, args.column)
    if args.to:
        with _writing(args.to):
            write_whole(args.to, text)
    else:
        print(text, end="")
    for remark in remarks(rows, args.format):
        print(f"lmgrade: {remark}", file=sys.stderr)
    return 0


def db(args: argparse.Namespace) -> int:
    """All rows go over in one transaction and are read back; FROM stays as it is.

    FROM and TO are SQLAlchemy URLs or paths of SQLite files. TO has to be empty; it stays empty
    where anything fails or is interrupted, and then the same command starts over.
    """
    from lmgrade.nbgrader.databases import copy

    print(copy(args.source, args.target))
    return 0


def release(args: argparse.Namespace) -> int:
    """The students' notebooks have no solutions and no hidden tests."""
    from lmgrade.notebook.release import main

    return main(args.names, args.course)


# what it does, and an example; more stands in the function's docstring
COMMANDS = {
    score: ("grade files without a gradebook", "dropout my.py"),
    autograde: ("grade all submissions into the gradebook", "dropout --student ada"),
    feedback: ("a page for each student", "dropout --zip dropout-feedback.zip"),
    report: (
        "which symptoms how many students ran into",
        "dropout --csv symptoms.csv --html symptoms.html",
    ),
    flagged: ("submissions that a person should look at, and why", "dropout"),
    export: ("grades as a table to import", "dropout --format canvas --to canvas.csv"),
    db: (
        "copy the gradebook into another database",
        "copy gradebook.db postgresql+psycopg://grader@db.example.edu/course",
    ),
    release: ("make exercises/ from solutions/", "dropout"),
}


def build_parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="lmgrade", description=INTRODUCTION, epilog=EXIT_CODES, formatter_class=raw
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    added: dict[Any, argparse.ArgumentParser] = {}
    for function, (what, example) in COMMANDS.items():
        name = function.__name__
        text = f"{what[0].upper()}{what[1:]}. {function.__doc__}"
        epilog = f"example:\n  lmgrade {name} {example}\n\n{EXIT_CODES}"
        added[function] = commands.add_parser(
            name,
            help=what,
            description=textwrap.fill(" ".join(text.split()), 80),
            epilog=epilog,
            formatter_class=raw,
        )
        added[function].set_defaults(run=function)
        if function is not db:
            added[function].add_argument(
                "--course", type=_folder, default=Path(), help="the course's folder (here)"
            )
        if function not in (release, db):
            nargs, text = "?" if function is report else None, "its name, such as dropout"
            added[function].add_argument("assignment", nargs=nargs, help=text)
    for each in (added[score], added[autograde]):
        each.add_argument("--workers", type=_count, help="submissions at a time (one a core)")
        text = "run student code with your own rights"
        each.add_argument("--no-sandbox", dest="sandbox", action="store_false", help=text)
    add = added[score].add_argument
    add("files", nargs="+", type=Path, help=".py files or notebooks")
    add("--json", action="store_true", help="print the results as JSON")
    add = added[autograde].add_argument
    add("--student", action="append", default=[], help="only this student; repeatable")
    add("--force", action="store_true", help="also what was graded before")
    add("--scheduler", default="", metavar="tcp://HOST:PORT", help="grade on a Dask cluster")
    add = added[report].add_argument
    add("--csv", type=Path, help="also write the table here, with names")
    add("--plot", type=Path, help="also draw it here (.png or .svg)")
    add("--html", type=Path, help="also write a page for the lecture, without names")
    add = added[feedback].add_argument
    add("--zip", type=Path, help="also pack the pages for Canvas or Moodle to take back")
    add("--release", action="store_true", help="also run nbgrader release_feedback")
    add = added[export].add_argument
    kinds = ("nbgrader", "canvas", "moodle")
    add("--format", choices=kinds, default=kinds[0], help="whose columns it has (nbgrader)")
    add("--to", type=Path, help="write to this file instead of the screen")
    add("--column", default="", help="what the platform calls the assignment (its name here)")
    for each in (added[export], added[feedback]):
        each.add_argument(
            "--anyway", action="store_true", help="even where your own solution fails a test"
        )
    add = added[db].add_argument
    add("what", choices=["copy"], help="what to do")
    add("source", metavar="FROM", help="where the grades are")
    add("target", metavar="TO", help="where they shall be")
    add = added[release].add_argument
    add("names", nargs="*", help="assignments; without a name, all of them")
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


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    args = build_parser().parse_args(arguments)
    # nbgrader starts alembic by name; it lies beside the interpreter, activated or not.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    for number in (signal.SIGTERM, signal.SIGHUP):  # so that nothing stays behind
        signal.signal(number, _stop)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (Refused, SandboxError, OSError) as error:
        print(f"lmgrade: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        text = f"the module {error.name} is not installed; in the clone of the course, run:"
        print(f"lmgrade: {text} pip install '.[grading,cluster]'", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stop:
        goes_on = args.run is autograde and not args.force
        again = "goes on" if goes_on else "starts over"
        with contextlib.suppress(OSError):  # the terminal may be gone
            print(f"\nlmgrade: stopped; the same command {again}.", file=sys.stderr)
        return 128 + (stop.args[0] if stop.args else signal.SIGINT)
    return code


if __name__ == "__main__":
    sys.exit(main())
