"""The only language that crosses the trust boundary: a JSON tree and the bytes of tensors.

A frame is `length of the tree, length of the bytes, tree, bytes`. The tree is made of JSON's own
scalars, lists and objects; a tensor is its dtype, shape, strides, offset and raw bytes, which
begin where a tensor may lie in memory, so that it can stay where it arrived.
Whoever reads a frame assumes that an enemy wrote it: nothing is unpickled, looked up by name or
allocated on the sender's word, and everything that does not fit raises `WireError`.
"""

import json
import struct
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lmgrade.tensors import (
    DTYPE_NAMES,
    DTYPES,
    MAX_BYTES,
    WireError,
    layout_of,
    view_of,
    write_tensor,
)

HEADER = struct.Struct("!IQ")
MAX_TREE = 8 << 20
MAX_DEPTH = 30
MAX_KEYS = 1000  # keys that collide take a time that grows with the square of their number
MAX_PARTS = 3  # of a key of many: words in a row, which are counted
MAX_BITS = 10_000  # in a whole number: Python writes no more than 4300 digits
MAX_NUMBERS = 100_000  # in a NumPy array, which is for small tables: data are tensors
ALIGNMENT = 16
PLAIN = (float, list, tuple, dict, set, frozenset)
ALIKE = (*PLAIN, torch.Size, OrderedDict)  # kinds that lose nothing by crossing as one of these
HOLDERS = (list, dict, set, np.ndarray)  # plain data that can be written to
NUMPY = ["|b1", "|i1", "|u1", *(f"<{kind}{n}" for kind in "iuf" for n in (2, 4, 8))]
DTYPE_LIST = list(DTYPES)  # membership in a list asks for no hash: an enemy may send a list


def pack(tree: Any, tensors: Sequence[Tensor] = ()) -> bytes:
    """Make a frame of a JSON-able tree and a list of tensors."""
    written = [write_tensor(tensor) for tensor in tensors]
    text = _to_json([tree, [meta for meta, _ in written]]).encode()
    text += b" " * _padding(HEADER.size + len(text))
    parts = [part for _, data in written for part in (data, bytes(_padding(len(data))))]
    size = sum(map(len, parts))
    if len(text) > MAX_TREE or size > MAX_BYTES:
        raise WireError(f"a value of {len(text) + size} bytes is too large to pass on")
    return b"".join([HEADER.pack(len(text), size), text, *parts])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > MAX_KEYS:
        raise WireError("an object of too many keys")
    return dict(pairs)


_to_json = json.JSONEncoder(check_circular=False).encode
_from_json = json.JSONDecoder(object_pairs_hook=_object).decode


def _padding(size: int) -> int:
    """How many bytes are missing to where the next tensor may begin."""
    return -size % ALIGNMENT


def frame_sizes(header: bytes) -> tuple[int, int]:
    """Read the two lengths that begin a frame."""
    text, data = HEADER.unpack(header)
    if text > MAX_TREE or data > MAX_BYTES:
        raise WireError("a frame over the size limit")
    return text, data


def read(frame: bytearray) -> tuple[Any, list[Tensor]]:
    """Read a whole frame; its tensors are views of it."""
    start = HEADER.size + frame_sizes(bytes(frame[: HEADER.size]))[0]
    view = memoryview(frame)
    return unpack(view[HEADER.size : start], view[start:])


def unpack(text: memoryview, data: memoryview) -> tuple[Any, list[Tensor]]:
    """Read the two parts of a frame back into a tree and tensors, which are views of `data`."""
    try:
        tree, metas = _from_json(str(text, "utf-8"))
        tensors, start, content = [], 0, 0
        for meta in metas:
            layout = *_, size = layout_of(meta)
            tensor = view_of(layout, data[start : start + size])
            content += tensor.nbytes  # with strides of 0, a few bytes are many elements
            if content > MAX_BYTES:
                raise WireError("tensors that are too large")
            tensors.append(tensor)
            start += size + _padding(size)
    except (ValueError, TypeError, KeyError, RecursionError, RuntimeError) as error:
        raise WireError(f"a malformed frame ({type(error).__name__})") from None
    if start != len(data):
        raise WireError("a frame with bytes left over")
    return tree, tensors


class Flattener:
    """Turns a value into a tree, putting tensors aside; `other` encodes all that is not plain."""

    def __init__(self, other: Callable[[Any, "Flattener"], Any], exact: bool = False) -> None:
        self.tensors: list[Tensor] = []
        self._other = other
        self._exact = exact  # whether a `Counter`, say, is refused, and not taken for a dictionary
        self._index: dict[int, int] = {}

    def tensor(self, tensor: Tensor) -> list[Any]:
        """The same tensor twice stays one tensor."""
        index = self._index.setdefault(id(tensor), len(self.tensors))
        if index == len(self.tensors):
            self.tensors.append(tensor)
        return ["t", index]

    def __call__(self, value: Any, depth: int = MAX_DEPTH) -> Any:
        if depth < 0:
            raise WireError("a value that is nested too deeply")
        if self._exact and isinstance(value, PLAIN) and type(value) not in ALIKE:
            return self._atom(value)
        if value is None or isinstance(value, (bool, str)):
            return value if value is None or isinstance(value, bool) else str(value)
        if isinstance(value, int):
            if int.bit_length(value) > MAX_BITS:
                raise WireError(f"a whole number of more than {MAX_BITS:,} bits")
            return int(value)
        if isinstance(value, float):
            return float(value)
        if isinstance(value, (list, tuple)):
            tag = "l" if isinstance(value, list) else "T"
            return [tag, *(self(item, depth - 1) for item in value)]
        if isinstance(value, dict):
            if not _may_hold(value):
                raise WireError(f"a dictionary of {len(value)} keys is too large to pass on")
            pairs = ([self(k, depth - 1), self(v, depth - 1)] for k, v in value.items())
            return ["d", *pairs]
        if isinstance(value, (set, frozenset)) and len(value) <= MAX_KEYS:
            tag = "S" if isinstance(value, set) else "F"
            return [tag, *(self(item, depth - 1) for item in value)]
        return self._atom(value)

    def _atom(self, value: Any) -> Any:
        if isinstance(value, torch.dtype):
            return ["y", DTYPE_NAMES.get(value, "float32")]
        if isinstance(value, complex):
            return ["c", value.real, value.imag]
        if value is Ellipsis:
            return ["e"]
        if isinstance(value, bytes):
            return ["b", value.decode("latin-1")]
        if isinstance(value, (np.ndarray, np.generic)) and _is_small(value):
            shape = list(value.shape) if isinstance(value, np.ndarray) else None
            return ["n", _numpy_name(value), shape, np.ravel(value).tolist()]
        if isinstance(value, slice):
            return ["s", self(value.start), self(value.stop), self(value.step)]
        return self._other(value, self)


def restore(tree: Any, other: Callable[[str, list[Any]], Any]) -> Any:
    """Turn a tree back into a value; `other(tag, items)` decodes tensors and all not plain."""
    if tree is None or isinstance(tree, (bool, int, float, str)):
        return tree
    if not isinstance(tree, list) or not tree or not isinstance(tree[0], str):
        raise WireError("a value without a tag")
    tag, *items = tree
    if tag in ("l", "T"):
        values = [restore(item, other) for item in items]
        return values if tag == "l" else tuple(values)
    if tag in ("d", "S", "F"):
        try:
            if tag == "d":
                pairs = [(restore(k, other), restore(v, other)) for k, v in items]
                if not _may_hold([key for key, _ in pairs]):
                    raise WireError("a dictionary of too many keys")
                return dict(pairs)
            if len(items) > MAX_KEYS:
                raise WireError("a set of too many keys")
            members = {restore(item, other) for item in items}
            return members if tag == "S" else frozenset(members)
        except (TypeError, ValueError):
            raise WireError("a malformed dictionary or set") from None
    if tag == "n" and len(items) == 3:
        return _array(*items)
    if tag == "b" and len(items) == 1 and isinstance(items[0], str):
        return items[0].encode("latin-1", "replace")
    if tag == "y" and len(items) == 1 and items[0] in DTYPE_LIST:
        return DTYPES[items[0]]
    if tag == "c" and len(items) == 2 and all(type(part) is float for part in items):
        return complex(*items)
    if tag == "e":
        return Ellipsis
    if tag == "s" and len(items) == 3:
        return slice(*(restore(item, other) for item in items))
    return other(tag, items)


def _may_hold(keys: Collection[Any]) -> bool:
    """Whether so many keys make a dictionary in a time that does not grow with their square.

    Many words meet only by chance; of small numbers, or a few in a row, few can be made to.
    """
    others = sum(not _keeps_apart(key) for key in keys)
    return others <= MAX_KEYS and len(keys) <= MAX_NUMBERS


def _keeps_apart(key: Any) -> bool:
    parts = key if isinstance(key, tuple) else (key,)
    return len(parts) <= MAX_PARTS and all(map(_is_word, parts))


def _is_word(part: Any) -> bool:
    return isinstance(part, str) or (type(part) is int and abs(part) < 1 << 20)


def _array(dtype: Any, shape: Any, numbers: Any) -> Any:
    """A NumPy array, or a scalar where there is no shape."""
    if dtype not in NUMPY or not isinstance(numbers, list):
        raise WireError("a malformed array")
    try:
        with np.errstate(all="ignore"):
            made = np.array([*numbers], dtype)
        return made[0] if shape is None else made.reshape(shape)
    except (TypeError, ValueError, IndexError, OverflowError):
        raise WireError("a malformed array") from None


def _is_small(value: Any) -> bool:
    return value.size <= MAX_NUMBERS and _numpy_name(value) in NUMPY


def _numpy_name(value: Any) -> str:
    return str(value.dtype.newbyteorder("<").str)
