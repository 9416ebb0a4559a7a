"""Run the cells of a notebook without a kernel, each with its own failure and a bounded output."""

import __future__

import ast
import contextlib
import functools
import inspect
import io
import linecache
import re
import symtable
import sys
import traceback
import types
import unicodedata
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from lmgrade import refusal
from lmgrade.magic import REMEMBERED, Shell, offer_shell, python_of

OUTPUT = 4000
LONG = 5000  # characters of a cell
WORD = re.compile(r"[^\W\d]\w*")
NO_MEMORY = ("std::bad_alloc", "can't allocate memory")
MESSAGE = 600
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
COMPREHENSIONS = ("listcomp", "setcomp", "dictcomp", "genexpr")
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
PASSED_OVER: set[str] = set()  # names that would have been bound
ANNOTATIONS = __future__.annotations.compiler_flag


class Cells:
    """A module that plays `__main__` for the cells of one notebook."""

    def __init__(self) -> None:
        self.module = types.ModuleType("__main__")
        self._flags = 0
        self._lacking = False  # whether a statement was passed over, so that others may fail
        PASSED_OVER.clear()
        vars(self.module).update(display=_display, get_ipython=Shell)
        sys.modules["__main__"] = self.module

    def run(self, name: str, source: str) -> Any:
        """Execute a cell; return `["d", pairs…]` with its output and, if it failed, the error."""
        output, error = Tail(), None
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        with (
            contextlib.redirect_stdout(output),
            contextlib.redirect_stderr(output),
            _silently(),
        ):
            try:
                error = self._execute(name, source)
            except BaseException as caught:
                error = failure(caught)["text"]
        return ["d", ["output", output.text()], ["error", error]]

    def _execute(self, name: str, source: str) -> str | None:
        """Execute a cell, but for statements that need what is not there; say if one defines.

        To compare with PyTorch's own layer is no fault, nor is what becomes of the comparison. So
        from then on what fails is passed over, but the failure of a definition is the cell's. What
        ends a cell nevertheless is a `raise` of its own, or a package or file that is not there.
        """
        if "IPython" in source:
            offer_shell()
        code = compile_cell(name, source, self._flags)
        self._flags |= code.co_flags & ANNOTATIONS  # as in a notebook, it holds from now on
        # A notebook's loop always runs; where a cell starts tasks, it has to.
        in_loop = "create_task" in source or bool(code.co_flags & inspect.CO_COROUTINE)
        said = None
        while True:
            try:
                self._execute_code(code, in_loop)
                return said
            except Exception as error:
                refused = refusal.is_refusal(error)
                self._lacking = self._lacking or refused or refusal.asked
                failed, rest = _around(name, source, error) if self._lacking else (None, [])
                wanting = isinstance(error, (ImportError, OSError)) and not refused
                if failed is None or isinstance(failed, ast.Raise) or wanting:
                    raise
                if isinstance(failed, DEFINITIONS) and not (said and refused):
                    said = failure(error)["text"]
                kind = type(error).__name__
                print(f"[passed over, line {failed.lineno}: {kind}: {error}]")
                PASSED_OVER.update(names_bound(ast.unparse(failed)))
                code = _compile(name, ast.Module(rest, type_ignores=[]), self._flags)

    def _execute_code(self, code: types.CodeType, in_loop: bool) -> None:
        if in_loop:
            import asyncio

            asyncio.run(_in_loop(code, vars(self.module)))
        else:
            exec(code, vars(self.module))


def _around(name: str, source: str, error: Exception) -> tuple[ast.stmt | None, list[ast.stmt]]:
    """The statement of a cell that an error comes from, and those that follow."""
    place = _place(name, error)
    statements = parse(source).body
    begun = [statement for statement in statements if _start(statement) <= place]
    return (begun[-1] if begun else None), statements[len(begun) :]


def _place(name: str, error: Exception) -> tuple[int, int]:
    """The line and column of a cell's own statement that an error comes from, or (0, 0)."""
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if (code.co_filename, code.co_name) == (name, "<module>"):
            _, _, column, _ = list(code.co_positions())[trace.tb_lasti // 2]
            return trace.tb_lineno, sys.maxsize if column is None else column
        trace = trace.tb_next
    return 0, 0


def _start(statement: ast.stmt) -> tuple[int, int]:
    """Where a statement begins: a definition, with its decorators."""
    parts: list[Any] = [*getattr(statement, "decorator_list", []), statement]
    return min((part.lineno, part.col_offset) for part in parts)


async def _in_loop(code: types.CodeType, names: dict[str, Any]) -> None:
    value = eval(code, names)
    if inspect.isawaitable(value):
        await value


class Tail(io.TextIOBase):
    """Keeps the beginning of what is printed, and counts the rest."""

    encoding, errors, name = "utf-8", "strict", "<stdout>"

    def __init__(self) -> None:
        self._kept: list[str] = []
        self._room = OUTPUT
        self._lost = 0

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1

    def reconfigure(self, **_: Any) -> None:
        """What is printed here has one encoding, and no buffer."""

    def write(self, text: str) -> int:
        kept = text[: self._room]
        self._room -= len(kept)
        self._lost += len(text) - len(kept)
        if kept:
            self._kept.append(kept)
        return len(text)

    def text(self) -> str:
        more = f"\n[… {self._lost} characters more]" if self._lost else ""
        return "".join(self._kept) + more


def compile_cell(name: str, source: str, flags: int = 0) -> types.CodeType:
    """Compile a cell; where it is not Python, try once more as IPython reads it."""
    try:
        return _compile(name, source, flags)
    except SyntaxError:
        return _compile(name, python_of(source), flags)


def _compile(name: str, source: str | ast.Module, flags: int) -> types.CodeType:
    flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return compile(source, name, "exec", flags, dont_inherit=True)


def failure(error: BaseException) -> dict[str, Any]:
    """Describe an exception in plain data: its types, its text and the student's own line."""
    # Python's own types alone: a class of the student's may have any name.
    types_ = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == "builtins"]
    try:
        plain = error.msg if isinstance(error, SyntaxError) else str(error)
        text = " ".join(plain.split())[:MESSAGE]
    except Exception:
        text = "(its message could not be read)"
    if isinstance(error, MemoryError) or any(sign in text for sign in NO_MEMORY):
        text = "it needs more memory than a submission gets; does a loop never end?"
    if isinstance(error, NameError) and str(error.name) in PASSED_OVER:
        text += ": what defines it was passed over, as something that it needs is not there"
    # A bare NotImplementedError is the release's stub: checks know it by this text.
    is_stub = isinstance(error, NotImplementedError) and not text
    where = _stub(error) if is_stub else _where(error)
    name = type(error).__name__
    return {"types": types_, "text": f"{name}: {text}{where}", "message": text + where}


def _stub(error: BaseException) -> str:
    """The function of a cell that raised an error, as `name()`."""
    frames = traceback.extract_tb(error.__traceback__)
    names = [frame.name for frame in frames if frame.filename.startswith("cell ")]
    return f"{names[-1]}()" if names and names[-1].isidentifier() else ""


def _where(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        python = ".".join(map(str, sys.version_info[:2]))
        place = f"line {error.lineno} of {error.filename}, " if error.lineno else ""
        return f" ({place}for Python {python})"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith("cell "):
            line = linecache.getline(frame.filename, frame.lineno or 0).strip()[:120]
            return f" (line {frame.lineno} of your code{f': {line}' if line else ''})"
    return ""


def _display(*values: Any, **_: Any) -> Shell:
    for value in values:
        print(repr(value)[:OUTPUT])
    return Shell()  # as a handle that can be updated


@functools.lru_cache(REMEMBERED)
def names_bound(source: str) -> frozenset[str]:
    """The names that a cell's statements bind or change, an attribute's owner included."""
    bound: set[str] = set()
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
            bound.add(node.id)
        elif isinstance(node, DEFINITIONS):
            bound.add(node.name)
        elif isinstance(node, (ast.MatchAs, ast.MatchStar)):
            bound |= {node.name} if node.name else set()
        elif isinstance(node, ast.MatchMapping):
            bound |= {node.rest} if node.rest else set()
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bound |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(
            node.ctx, ast.Load
        ):
            root: ast.AST = node
            while isinstance(root, (ast.Attribute, ast.Subscript)):
                root = root.value
            bound |= {root.id} if isinstance(root, ast.Name) else set()
    return frozenset(bound)


@functools.lru_cache(REMEMBERED)
def names_used(source: str) -> frozenset[str]:
    """Every name that a cell looks up or binds outside its own functions."""
    return frozenset(_outer_names(_symbols(source)))


def names_in(source: str, names: Callable[[str], frozenset[str]]) -> frozenset[str]:
    """What `names_bound` or `names_used` finds in a student's cell; in a long one, every word.

    To parse what an enemy wrote can take gigabytes, and minutes that nothing interrupts.
    """
    if len(source) > LONG:
        return frozenset(WORD.findall(unicodedata.normalize("NFKC", source)))
    return names(source)


def names_called(source: str) -> frozenset[str]:
    """The names of the notebook that a cell's functions look up when they are called."""
    return frozenset(_called_names(_symbols(source)))


def _symbols(source: str) -> symtable.SymbolTable:
    """The scopes of a cell, with its magic gone; what is not Python at all counts as empty."""
    for read in (str, python_of):
        with contextlib.suppress(*UNREADABLE), _silently():
            return symtable.symtable(read(source), "cell", "exec")
    return symtable.symtable("", "cell", "exec")


def _called_names(table: symtable.SymbolTable) -> Iterator[str]:
    for inner in table.get_children():
        runs_with_the_cell = inner.get_type() == "class" or inner.get_name() in COMPREHENSIONS
        yield from (_called_names if runs_with_the_cell else _outer_names)(inner)


def _outer_names(table: symtable.SymbolTable) -> Iterator[str]:
    everything = table.get_type() == "module"
    yield from (s.get_name() for s in table.get_symbols() if everything or s.is_global())
    for inner in table.get_children():
        yield from _outer_names(inner)


def parse(source: str) -> ast.Module:
    """Parse a cell, with its magic gone; what is not Python at all counts as empty."""
    with contextlib.suppress(*UNREADABLE):
        return parse_strictly(source)
    return ast.Module(body=[], type_ignores=[])


def parse_strictly(source: str) -> ast.Module:
    """The same, but for what is not Python: that raises what Python says of it."""
    with _silently():
        try:
            return ast.parse(source)
        except SyntaxError:
            return ast.parse(python_of(source))


@contextlib.contextmanager
def _silently() -> Iterator[None]:
    """Without warnings, as of `1or 2`: they would show on the instructor's terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
