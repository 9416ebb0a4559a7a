"""Run the cells of a notebook without a kernel, each with its own failure and a bounded output."""

import __future__

import ast
import asyncio
import contextlib
import inspect
import io
import linecache
import re
import sys
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

OUTPUT = 4000  # characters of a cell that are kept
MESSAGE = 600
ANNOTATIONS = __future__.annotations.compiler_flag
OTHER_LANGUAGES = {
    *("bash", "cmd", "cython", "html", "javascript", "js", "latex", "markdown", "perl"),
    *("ruby", "script", "sh", "svg"),
}


def python_of(source: str) -> str:
    """A cell in IPython's dialect (`%magic`, `!command`, `help?`, prompts) as Python.

    Magic turns into calls of `get_ipython()`. What even IPython cannot read comes back as it is.
    """
    from IPython.core.inputtransformer2 import TransformerManager  # takes 0.1 s

    if source.lstrip().startswith("%%"):  # what comes before it would be an error
        source = source.lstrip()
    try:
        return TransformerManager().transform_cell(source)
    except Exception:
        return source


def parse_cell(source: str, name: str = "<unknown>") -> ast.Module:
    """The statements of a cell; raises what Python says of one that is not Python."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source, name)
        except SyntaxError:
            return ast.parse(python_of(source), name)


def split_last(tree: ast.Module) -> ast.Expression | None:
    """Take the last statement out of a cell if it is an expression, whose value counts."""
    if tree.body and isinstance(last := tree.body[-1], ast.Expr):
        tree.body.pop()
        return ast.Expression(last.value)
    return None


class Shell:
    """Stands for IPython's shell: runs a timed statement, writes a file, and else does nothing."""

    def __init__(self, run: Callable[[str], None]) -> None:
        self._run = run

    def run_line_magic(self, name: str, line: str, *_: Any, **__: Any) -> None:
        if name in ("time", "timeit", "prun"):
            self._run(re.sub(r"^(-[a-zA-Z]\d* +(\d+ +)?)+", "", line))  # without -n 10 -r 3
        elif name == "run":
            with open(line.split()[0], encoding="utf-8") as file:
                self._run(file.read())

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        if name in ("writefile", "file"):
            *options, path = line.split()
            with open(path.strip("\"'"), "a" if options else "w", encoding="utf-8") as file:
                file.write(body)
        elif name not in OTHER_LANGUAGES:
            self._run(body)

    def getoutput(self, *_: Any, **__: Any) -> list[str]:
        return []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_, **__: None


class Notebook:
    """A module that plays `__main__` for the cells of one notebook."""

    def __init__(self) -> None:
        self.module = types.ModuleType("__main__")
        self.names = vars(self.module)
        self._flags = 0
        shell = Shell(lambda source: self._execute("<magic>", source))
        self.names.update(display=_display, get_ipython=lambda: shell)
        sys.modules["__main__"] = self.module

    def run(self, name: str, source: str) -> dict[str, str | None]:
        """Execute a cell; return what it printed and, if it failed, the error."""
        error = None
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        with captured(OUTPUT) as output:
            try:
                self._execute(name, source)
            except BaseException as caught:
                error = failure(caught)["text"]
        return {"output": output.text(), "error": error}

    def _execute(self, name: str, source: str) -> None:
        tree = parse_cell(source, name)
        last = split_last(tree)
        self._run_tree(tree, name, "exec")
        if last:
            value = self._run_tree(last, name, "eval")
            if value is not None and not source.rstrip().endswith(";"):
                _display(value)

    def _run_tree(self, tree: ast.Module | ast.Expression, name: str, mode: str) -> Any:
        flags = self._flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(tree, name, mode, flags, dont_inherit=True)
        self._flags |= code.co_flags & ANNOTATIONS  # as in a notebook, it holds from now on
        value = eval(code, self.names)
        if code.co_flags & inspect.CO_COROUTINE:
            return asyncio.run(value)
        return value


def _display(*values: Any, **_: Any) -> None:
    for value in values:
        print(repr(value)[:OUTPUT])


class Kept(io.StringIO):
    """Keeps the beginning of what is printed, and counts the rest."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room
        self._lost = 0

    def write(self, text: str) -> int:
        kept = text[: self._room]
        self._room -= len(kept)
        self._lost += len(text) - len(kept)
        super().write(kept)
        return len(text)

    def fileno(self) -> int:
        return 1

    def text(self) -> str:
        more = f"\n[… {self._lost} characters more]" if self._lost else ""
        return self.getvalue() + more


@contextlib.contextmanager
def captured(room: int) -> Iterator[Kept]:
    """What is printed meanwhile; warnings are nobody's fault."""
    output = Kept(room)
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        warnings.simplefilter("ignore")
        yield output


def failure(error: BaseException) -> dict[str, Any]:
    """Describe an exception in plain data: Python's types of it, its text, the student's line."""
    kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
    try:
        plain = error.msg if isinstance(error, SyntaxError) else str(error)
        text = " ".join(str(plain).split())[:MESSAGE]
    except BaseException:
        text = "(its message could not be read)"
    if isinstance(error, MemoryError) or "can't allocate memory" in text:
        text = "it needs more memory than a submission gets; does a loop never end?"
    where = _where(error)
    if isinstance(error, NotImplementedError) and not text:
        text = f"{traceback.extract_tb(error.__traceback__)[-1].name}()"  # as of a release's stub
    name = type(error).__name__
    return {"kinds": kinds, "text": f"{name}: {text}{where}", "message": text + where}


def _where(error: BaseException) -> str:
    """The last line of the student's own code on the way to the error."""
    if isinstance(error, SyntaxError):
        python = ".".join(map(str, sys.version_info[:2]))
        place = f"line {error.lineno} of {error.filename}, " if error.lineno else ""
        return f" ({place}for Python {python})"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith("cell "):
            line = linecache.getline(frame.filename, frame.lineno or 0).strip()[:120]
            return f" (line {frame.lineno} of your code{f': {line}' if line else ''})"
    return ""
