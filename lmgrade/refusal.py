"""The error of whoever asks for what is not there while grading, and how it is told from others."""

import functools
import re
import types
from typing import Any

ABSENT = "is not there while grading"
REFUSE = """
def refuse(*_, **__):
    from lmgrade import refusal
    refusal.asked = True
    raise RuntimeError({text!r})
"""
OF_PYTORCH = re.compile(rf"PyTorch's own (\w+) {ABSENT}")

asked = False  # whether anybody has asked for what is not there


@functools.cache
def refusing(name: str) -> types.FunctionType:
    """A function in place of PyTorch's own: it takes whatever comes, notes that, and raises."""
    text = f"PyTorch's own {name} {ABSENT}"
    scope: dict[str, Any] = {}
    exec(REFUSE.format(text=text), scope)
    refuse: types.FunctionType = scope["refuse"]
    return refuse


def is_refusal(error: BaseException | None) -> bool:
    """Whether an error, or one that led to it, says that something is not there."""
    queue, seen = [error], set()
    while queue:
        if (error := queue.pop()) is None or id(error) in seen:
            continue
        if ABSENT in str(error):
            return True
        seen.add(id(error))  # they may lead to each other
        queue += [error.__cause__, error.__context__, *getattr(error, "exceptions", ())]
    return False
