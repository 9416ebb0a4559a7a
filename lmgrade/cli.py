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
from lmgrade.options import build_parser
from lmgrade.sandbox import SandboxError


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # a format that matplotlib does not know
        raise Refused(f"{path} cannot be written: {error}") from None


def _stop(number: int, _: object) -> None:
    """End as Ctrl-C does, whatever catches SystemExit on the way."""
    raise KeyboardInterrupt(number)


def _open_missing_streams() -> None:
    """Put nothing in place of streams that the caller has closed: Python has None there."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: SIM115


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
        text += f"; see: lmgrade flagged {args.assignment}"
        if not records:
            raise NothingGraded(text)
        print(f"lmgrade: {text}", file=sys.stderr)
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


RUN = {
    "score": _score,
    "autograde": _autograde,
    "report": _report,
    "flagged": _flagged,
    "export": _export,
    "release": _release,
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit code is 0 when it did its work, whatever the scores.

    It is 1 where a submission could not be read, after all others have been graded.
    """
    _open_missing_streams()
    args = build_parser().parse_args(arguments)
    # nbgrader starts alembic by name; it lies beside the interpreter, activated or not.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    # Reading notebooks imports jsonschema, which would build a grammar for internationalised
    # addresses, and takes most of a second to do so. Notebooks have none.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    for number in (signal.SIGTERM, signal.SIGHUP):  # so that nothing stays behind
        signal.signal(number, _stop)
    try:
        code = RUN[args.command](args)
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
