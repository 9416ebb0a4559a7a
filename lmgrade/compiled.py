"""Compiled layers lose their code: whoever finds where it was finds nothing that could run.

A library's file says where the code of each of its functions lies, of private ones too. A student's
code cannot read that file, so it cannot bring back what was overwritten.
"""

import contextlib
import ctypes
import mmap
import platform
import re
import resource
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

LIBRARY = "libtorch_cpu.so"
KERNEL = re.compile(rb"2at(?:6native|9functorch)")  # in the C++ names of what does the work
LENGTH = re.compile(r"\d+")
CALLER = b"7dropoutERKNS1_14PackedSequence"  # a part of loops; it only calls what is taken away
PRIVATE, PUBLIC = 2, 11  # kinds of tables of symbols in a library's file
SYMBOL = "<IB3xQQ"  # where its name is, its kind, its address and size
FUNCTION = 2  # a kind of symbol
TRAP = 0xCC if platform.machine() == "x86_64" else 0  # as an instruction, it ends the process
READ, WRITE, EXECUTE = 1, 2, 4

libc = ctypes.CDLL(None, use_errno=True)


class LinkMap(ctypes.Structure):
    """What the handle of an open library points to."""

    _fields_ = (("address", ctypes.c_size_t), ("name", ctypes.c_char_p))


class Code(NamedTuple):
    """Where a compiled function lies, and the names that its full name is made of."""

    names: tuple[str, ...]
    address: int
    size: int


def functions(words: Iterable[str]) -> list[Code]:
    """Find PyTorch's compiled functions in whose full names one of the words occurs."""
    try:
        library = LinkMap.from_address(ctypes.CDLL(LIBRARY)._handle)
    except OSError:  # systems other than Linux
        return []
    with (
        Path(library.name.decode()).open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        return list(_functions(content, library.address, words))


def erase(pattern: re.Pattern[str], codes: Iterable[Code]) -> None:
    """Overwrite functions one of whose names, written like an operation's, has the pattern."""
    for names, address, size in codes:
        if any(map(pattern.search, names)):
            with contextlib.suppress(OSError):  # where a system forbids it, other walls stand
                _protect(address, size, READ | WRITE | EXECUTE)
                ctypes.memset(address, TRAP, size)
                _protect(address, size, READ | EXECUTE)


def _functions(content: mmap.mmap, base: int, words: Iterable[str]) -> Iterator[Code]:
    """Read an ELF file: at 40 it says where its sections are listed, at 58 how, and how many."""
    (headers,) = struct.unpack_from("<Q", content, 40)
    width, count = struct.unpack_from("<HH", content, 58)
    places = range(headers, headers + width * count, width)
    sections = [struct.unpack_from("<4xI16xQQI", content, place) for place in places]
    tables = {kind: section for kind, *section in sections}
    place, size, link = tables.get(PRIVATE) or tables[PUBLIC]
    _, texts, length, _ = sections[link]
    found = dict(_texts_with(words, content, texts, texts + length))
    table = content[place : place + size]
    step = struct.calcsize(SYMBOL)
    for index, start in enumerate(memoryview(table).cast("I")[:: step // 4]):
        if start in found:
            _, kind, address, length = struct.unpack_from(SYMBOL, table, index * step)
            if kind & 15 == FUNCTION:
                yield Code(tuple(_names_in(found[start])), base + address, length)


def _texts_with(
    words: Iterable[str], content: mmap.mmap, first: int, last: int
) -> Iterator[tuple[int, str]]:
    """The C++ names of kernels in which a word occurs, each with its place after `first`."""
    for word in map(str.encode, words):
        end = first
        while (found := content.find(word, end, last)) >= 0:
            start, end = content.rfind(b"\0", first, found) + 1, content.find(b"\0", found)
            if KERNEL.search(text := content[start:end]) and CALLER not in text:
                yield start - first, text.decode()


def _names_in(text: str) -> Iterator[str]:
    """LSTMCell in _ZN2at6native8LSTMCellE, where each name follows its length, as lstm_cell."""
    end = 0
    while length := LENGTH.search(text, end):
        end = length.end() + int(length[0])
        name = text[length.end() : end]
        yield re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _protect(address: int, size: int, how: int) -> None:
    first = address & -resource.getpagesize()
    if libc.mprotect(ctypes.c_void_p(first), ctypes.c_size_t(address + size - first), how):
        raise OSError(ctypes.get_errno(), "mprotect")
