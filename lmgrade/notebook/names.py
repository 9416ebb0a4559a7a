"""What a cell's source says of names, without running it."""

import ast
import contextlib
import functools
import re
import symtable
import unicodedata
import warnings
from collections.abc import Iterable, Iterator

from lmgrade.notebook.execution import parse_cell, python_of

LONG = 5000  # characters of a cell
REMEMBERED = 256  # cells: those of the assignment come again with every submission
WORD = re.compile(r"[^\W\d]\w*")
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@functools.lru_cache(REMEMBERED)
def names_bound(source: str) -> frozenset[str]:
    """The names that a cell's statements bind or change: the owner of an attribute, too."""
    bound: set[str] = set()
    for node in ast.walk(parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, (ast.MatchAs, ast.MatchStar)):
            bound |= {node.name} if node.name else set()
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bound |= _imported(node)
        elif isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) and not isinstance(
            node.ctx, ast.Load
        ):
            bound |= _root(node)
    return frozenset(bound)


@functools.lru_cache(REMEMBERED)
def names_changed(source: str) -> frozenset[str]:
    """The same, and the owner of a method that is called as a statement, as in `table.sort()`."""
    calls = [
        s.value.func
        for s in parse(source).body
        if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call)
    ]
    return names_bound(source).union(*(_root(f) for f in calls if isinstance(f, ast.Attribute)))


@functools.lru_cache(REMEMBERED)
def names_used(source: str) -> frozenset[str]:
    """Every name that a cell looks up or binds outside its own functions."""
    for read in (str, python_of):
        with contextlib.suppress(*UNREADABLE), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return frozenset(_outer_names(symtable.symtable(read(source), "cell", "exec")))
    return frozenset()


def names_in(source: str) -> frozenset[str]:
    """What `names_used` finds in a student's cell, if that is short and plain; else, every word.

    To parse a long cell that an enemy wrote can take gigabytes, and to read a short one as IPython
    does half a minute, which nothing interrupts.
    """
    if is_short_python(source):
        return names_used(source)
    return frozenset(WORD.findall(unicodedata.normalize("NFKC", source)))


@functools.lru_cache(REMEMBERED)
def is_short_python(source: str) -> bool:
    """Whether a cell is plain Python, and short enough to find that out."""
    with contextlib.suppress(*UNREADABLE), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as of `1or 2`, on the instructor's terminal
        return len(source) <= LONG and bool(ast.parse(source))
    return False


@functools.lru_cache(REMEMBERED)
def imports_of(source: str) -> frozenset[str]:
    """The names that a cell binds by importing."""
    return frozenset().union(*map(_imported, _imports(ast.walk(parse(source)))))


@functools.lru_cache(REMEMBERED)
def imports_in(source: str) -> str:
    """The import statements of a cell that are inside no other."""
    return "\n".join(map(ast.unparse, _imports(parse(source).body)))


def modules_of(source: str) -> set[str]:
    """The modules that a cell imports."""
    found: set[str] = set()
    for node in _imports(ast.walk(parse(source))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif node.module and not node.level:
            found.add(node.module)
    return found


def parse(source: str) -> ast.Module:
    """Parse a cell, with its magic gone; what is not Python at all counts as empty."""
    with contextlib.suppress(*UNREADABLE):
        return parse_cell(source)
    return ast.Module(body=[], type_ignores=[])


def _imports(nodes: Iterable[ast.AST]) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom))]


def _imported(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {(alias.asname or alias.name).split(".")[0] for alias in node.names}


def _root(node: ast.AST) -> set[str]:
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _outer_names(table: symtable.SymbolTable) -> Iterator[str]:
    everything = table.get_type() == "module"
    yield from (s.get_name() for s in table.get_symbols() if everything or s.is_global())
    for inner in table.get_children():
        yield from _outer_names(inner)
