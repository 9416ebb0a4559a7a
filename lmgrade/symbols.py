"""Compiled functions lose their names, so that nobody can ask a library for them.

A library's names lie in its memory, and serve only what is yet to be linked with it.
"""

import contextlib
import ctypes
import resource
from collections.abc import Iterable
from pathlib import Path

LIBRARIES = ("libtorch_cpu.so", "libtorch_python.so")
STRTAB, STRSZ = 5, 10  # where the names are, and how long they are together
READ, WRITE, EXECUTE = 1, 2, 4


class LinkMap(ctypes.Structure):
    """What the handle of an open library points to; its last part ends with a 0."""

    _fields_ = (
        ("address", ctypes.c_size_t),
        ("name", ctypes.c_char_p),
        ("dynamic", ctypes.POINTER(ctypes.c_size_t)),
    )


def forget(words: Iterable[str]) -> None:
    """Spoil all names of PyTorch's compiled functions that contain one of the words."""
    for name in LIBRARIES:
        with contextlib.suppress(OSError):  # no such library, or memory that cannot be written to
            _spoil(ctypes.CDLL(name), words)


def _spoil(library: ctypes.CDLL, words: Iterable[str]) -> None:
    dynamic = LinkMap.from_address(library._handle).dynamic
    found: dict[int, int] = {}
    place = 0
    while dynamic[place]:
        found[dynamic[place]] = dynamic[place + 1]
        place += 2
    start, size = found[STRTAB], found[STRSZ]
    names = ctypes.string_at(start, size)
    for word in words:
        for written in (word, word.upper(), word.capitalize()):
            names = names.replace(written.encode(), b"?" * len(word))
    before = _protection(start)
    _protect(start, size, before | WRITE)
    ctypes.memmove(start, names, size)
    _protect(start, size, before)


def _protection(address: int) -> int:
    for line in Path("/proc/self/maps").read_text().splitlines():
        pages, flags, *_ = line.split()
        first, last = (int(end, 16) for end in pages.split("-"))
        if first <= address < last:
            return READ | (EXECUTE if "x" in flags else 0)
    raise LookupError(f"no memory at {address:x}")


def _protect(start: int, size: int, how: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    first = start & -resource.getpagesize()
    if libc.mprotect(ctypes.c_void_p(first), ctypes.c_size_t(start + size - first), how):
        raise OSError(ctypes.get_errno(), "mprotect")
