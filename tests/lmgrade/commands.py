"""Commands of nbgrader and lmgrade in processes that have both imported.

Each is a fork of one process, which saves the second or two that each of them takes to start.
"""

import atexit
import functools
import gc
import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

TIMEOUT = 300  # seconds


class Commands:
    """The process that is forked."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.lmgrade.commands"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._folder = tempfile.TemporaryDirectory()
        atexit.register(self._end)

    def run(
        self, folder: Path, words: Sequence[str], environment: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        """Run `lmgrade …` or `nbgrader …` in a folder."""
        out, err = (Path(self._folder.name) / name for name in ("out", "err"))
        task = [str(folder), list(words), dict(environment), str(out), str(err)]
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(task), file=self._process.stdin, flush=True)
        answered, _, _ = select.select([self._process.stdout], [], [], TIMEOUT)
        assert answered, f"{words} takes more than {TIMEOUT} s"
        code = int(self._process.stdout.readline())
        return subprocess.CompletedProcess(list(words), code, out.read_text(), err.read_text())

    def _end(self) -> None:
        self._process.communicate("")
        self._folder.cleanup()


@functools.cache
def commands() -> Commands:
    """One for all tests of this process."""
    return Commands()


def _be(folder: str, words: list[str], environment: dict[str, str], *files: str) -> None:
    """What a fork does."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    nowhere = os.open(os.devnull, os.O_RDONLY)
    outputs = [os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) for file in files]
    for target, fd in enumerate([nowhere, *outputs]):
        os.dup2(fd, target)
    sys.argv = words
    try:
        sys.exit(cli.main(words[1:]) if words[0] == "lmgrade" else nbgraderapp.main())
    except SystemExit as end:
        if isinstance(end.code, str):
            raise
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code or 0)  # to take the interpreter apart would take half a second


if __name__ == "__main__":
    from nbgrader.apps import nbgraderapp

    from lmgrade import cli
    from lmgrade.nbgrader import autograde

    IMPORTED = autograde  # which `lmgrade autograde` would import each time
    gc.freeze()  # looking for garbage in it would copy its pages into every fork
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            _be(*json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
