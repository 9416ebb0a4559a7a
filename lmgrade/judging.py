"""Run one of the instructor's test cells, and say what it is worth."""

import ast
import contextlib
import functools
import io
import os
import types
import warnings
from collections.abc import Iterator
from typing import Any

import torch

from lmgrade.assignment import Cell
from lmgrade.cell import parse_strictly


def judge(cell: Cell, namespace: dict[str, Any]) -> tuple[float, str]:
    """Run a test cell: full points, none, or what its last expression says."""
    torch.default_generator.manual_seed(int.from_bytes(os.urandom(7), "big"))
    torch.set_default_dtype(torch.float32)
    try:
        with quiet():
            value = _execute(cell, namespace)
    except AssertionError as error:
        return 0.0, str(error) or "an assertion of the test does not hold"
    except Exception as error:
        return 0.0, f"{type(error).__name__}: {error}"
    partial = isinstance(value, (int, float)) and not isinstance(value, bool)
    # The points come first: where the value is NaN, `max` and `min` keep their first argument.
    return (min(cell.points, max(0.0, float(value))) if partial else cell.points), ""


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Warnings and prints are nobody's fault."""
    nowhere = io.StringIO()
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        warnings.simplefilter("ignore")
        yield


def _execute(cell: Cell, namespace: dict[str, Any]) -> Any:
    """Run a cell and return the value of its last expression, as nbgrader's partial credit does."""
    statements, last = _compiled(cell)
    exec(statements, namespace)
    return None if last is None else eval(last, namespace)


@functools.lru_cache(64)
def _compiled(cell: Cell) -> tuple[types.CodeType, types.CodeType | None]:
    """All statements of a cell but the last one, if that is an expression, and this expression."""
    tree = parse_strictly(cell.source)  # or a test that is no Python would let everybody pass
    tree.body = _without_previews(tree.body)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return compile(tree, cell.id, "exec"), None
    tree.body.pop()
    expression = compile(ast.Expression(last.value), cell.id, "eval")
    return compile(tree, cell.id, "exec"), expression


def _without_previews(body: list[ast.stmt]) -> list[ast.stmt]:
    """Leave out `check.x(A)` where `check.grade.x(A)` follows.

    The first judges a property on the draw that students have seen, the second the same property
    on an unseen one. So the first finds nothing more, and costs as much.
    """
    graded = {
        ast.dump(_call(node.func.value.value, node))
        for statement in body
        if isinstance(statement, ast.Expr)
        and isinstance(node := statement.value, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == "grade"
    }
    return [s for s in body if not (isinstance(s, ast.Expr) and ast.dump(s.value) in graded)]


def _call(owner: ast.expr, graded: ast.Call) -> ast.Call:
    """The call of the same method of `owner`, with the same arguments."""
    assert isinstance(graded.func, ast.Attribute)
    method = ast.Attribute(owner, graded.func.attr, ast.Load())
    return ast.Call(method, graded.args, graded.keywords)
