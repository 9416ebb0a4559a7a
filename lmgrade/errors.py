"""An exception in the worker becomes an exception of a known type here."""

import builtins
from typing import Any

from lmgrade.refusal import OF_PYTORCH

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
    """The nearest built-in type that the worker names, with the worker's text as plain text.

    That a ready-made layer is not there is a symptom, as in a notebook, where it is.
    """
    if not isinstance(error, dict) or not isinstance(error.get("types"), list):
        raise TypeError("a malformed error")
    names = [name for name in error["types"] if isinstance(name, str)]
    kind = next((KNOWN[name] for name in names if name in KNOWN), Exception)
    if kind is Exception and names and names[0] not in ("Exception", "BaseException"):
        message = f"{names[0][:60]}: {str(error.get('message'))[:TEXT]}"
        kind = RuntimeError
    else:
        message = str(error.get("message"))[:TEXT]
    raised = _own_work(message) or kind(message)
    raised.__lmgrade__ = True  # type: ignore[attr-defined]
    return raised


def _own_work(message: str) -> Exception | None:
    """What a check says of a ready-made layer, if the message is that it is not there."""
    from lmlib.checks import Symptom

    if not (refused := OF_PYTORCH.search(message)):
        return None
    where = message[refused.end() :]
    text = f"your code calls PyTorch's own {refused[1]}"
    return Symptom("own-work", text + where if where.startswith(" (line ") else text)
