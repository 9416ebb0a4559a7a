"""What a check says when a property does not hold: a symptom, never the fix."""

import linecache
import re
import textwrap
import traceback
from pathlib import Path
from typing import NoReturn

# Frames of these files are never the student's own.
LIBRARIES = (str(Path(__file__).parent), "/lmgrade/", "/lib/python3", "-packages/")

# What a release's stub raises: nothing; a grader adds the function's name and the line.
STUB = re.compile(r"(\w+\(\))?( \(line .*\))?")


class Symptom(AssertionError):
    """A property that fails: what can be seen from outside, and a stable id for it."""

    def __init__(self, id: str, text: str) -> None:
        super().__init__(f"{text}  [{id}]")
        self.id = id
        self.text = text

    def prefixed(self, assignment: str) -> "Symptom":
        return Symptom(f"{assignment}.{self.id}", self.text)

    def _render_traceback_(self) -> list[str]:
        """Ask IPython to show the message alone: the checker's frames explain nothing."""
        return [wrapped(f"AssertionError: {self}")]


class WrongCall(TypeError):
    """A check that is given something else than what it judges."""

    def _render_traceback_(self) -> list[str]:
        return [wrapped(f"TypeError: {self}")]


def cut(text: str) -> str:
    """The beginning of a text that may be endless."""
    return text if len(text) <= 300 else f"{text[:300]}…"


def wrapped(text: str) -> str:
    """The text in lines of 80 characters: JupyterLab breaks longer ones inside a word."""
    return textwrap.fill(text, 80, break_long_words=False, break_on_hyphens=False)


class NotWritten:
    """Stands for a name that no cell defines; calling it says so, instead of a `NameError`."""

    def __init__(self, reason: str = "not written yet") -> None:
        self.reason = reason

    def symptom(self) -> Symptom:
        return Symptom("not-written", self.reason)

    def __call__(self, *_: object, **__: object) -> NoReturn:
        raise self.symptom()


def explain(error: BaseException) -> Symptom:
    """Turn whatever went wrong in a property into a symptom of one or two lines."""
    if isinstance(error, Symptom):
        return error
    if isinstance(error, NotImplementedError) and STUB.fullmatch(str(error)):
        return NotWritten(f"not written yet: {_stub(error)}{where(error)}").symptom()
    name, text = type(error).__name__, cut(" ".join(str(error).split()))
    asked = "; was a return forgotten?" if "'NoneType'" in text else ""
    return Symptom("raises", f"it raised {name}: {text}{asked}{where(error)}")


def _stub(error: BaseException) -> str:
    """The function that is not written yet, as `name()`."""
    frame = None if str(error) else _own_frame(error)
    return f"{frame.name}()" if frame and frame.name.isidentifier() else str(error)


def where(error: BaseException) -> str:
    """The last line of the student's own code on the way to the error, if there is one."""
    if frame := _own_frame(error):
        line = linecache.getline(frame.filename, frame.lineno or 0).strip()
        return f" (line {frame.lineno} of your code: {line})" if line else ""
    return ""


def _own_frame(error: BaseException) -> traceback.FrameSummary | None:
    """The last frame of the student's own code on the way to the error."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    own = (f for f in frames if not any(library in f.filename for library in LIBRARIES))
    return next(own, None)
