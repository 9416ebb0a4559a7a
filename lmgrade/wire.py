"""The only language that crosses the trust boundary: a JSON tree and the bytes of tensors.

A frame is `length of the tree, length of the bytes, tree, bytes`. The tree is made of JSON's own
scalars and of lists that begin with a tag; a tensor is its dtype, shape, strides and raw bytes,
which begin where a tensor may lie in memory, so that it can stay where it arrived.
Whoever reads a frame assumes that an enemy wrote it: nothing is unpickled, looked up by name or
allocated on the sender's word, and everything that does not fit raises `WireError`.
"""

import ctypes
import json
import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

HEADER = struct.Struct("!IQ")
MAX_TREE = 8 << 20
MAX_BYTES = 256 << 20
MAX_DEPTH = 30
MAX_DIMS = 16
ALIGNMENT = 16
DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        *(torch.float16, torch.bfloat16, torch.float32, torch.float64),
        *(torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64),
        *(torch.bool, torch.complex64, torch.complex128),
    )
}
DTYPE_NAMES = {dtype: name for name, dtype in DTYPES.items()}
DTYPE_LIST = list(DTYPES)  # membership in a list asks for no hash: an enemy may send a list
Layout = tuple[torch.dtype, list[int], list[int], int]  # dtype, shape, strides, number of bytes


class WireError(Exception):
    """A frame or a value that the boundary does not let through."""


def write_tensor(tensor: Tensor) -> tuple[list[Any], bytes]:
    """Describe a tensor as `[dtype, shape, strides]` and return its bytes.

    The memory between first and last element travels whole when that is not wasteful, so that a
    transposed or sliced tensor arrives with the strides that it had.
    """
    if tensor.layout != torch.strided or tensor.dtype not in DTYPE_NAMES:
        raise WireError(f"a tensor of layout {tensor.layout} and dtype {tensor.dtype}")
    if tensor.device.type != "cpu" or tensor.is_conj() or tensor.is_neg():
        tensor = tensor.detach().cpu().resolve_conj().resolve_neg()
    span = _span(tensor.shape, tensor.stride())
    if span > 4 * tensor.numel() + 64:
        tensor = tensor.detach().contiguous()
        span = tensor.numel()
    size = span * tensor.element_size()
    data = ctypes.string_at(tensor.data_ptr(), size) if size else b""
    return [DTYPE_NAMES[tensor.dtype], list(tensor.shape), list(tensor.stride())], data


def read_tensor(meta: Any, data: memoryview) -> Tensor:
    """Rebuild a tensor from `[dtype, shape, strides]` as a view of its bytes."""
    return _view(_layout(meta), data)


def _view(layout: Layout, data: memoryview) -> Tensor:
    dtype, shape, strides, size = layout
    if size != len(data):
        raise WireError("a tensor whose bytes do not fit its shape")
    if not size:
        return torch.empty(shape, dtype=dtype)
    if dtype == torch.bool:
        # One that is neither 0 nor 1 would make torch's own comparisons undefined.
        flat = torch.frombuffer(data, dtype=torch.uint8).clamp_(max=1).view(torch.bool)
    else:
        flat = torch.frombuffer(data, dtype=dtype)
    return flat.as_strided(shape, strides)


def _layout(meta: Any) -> Layout:
    if not isinstance(meta, list) or len(meta) != 3 or not isinstance(meta[0], str):
        raise WireError("a malformed tensor description")
    dtype, shape, strides = DTYPES.get(meta[0]), _sizes(meta[1]), _sizes(meta[2])
    if dtype is None or len(shape) != len(strides):
        raise WireError("a tensor description that fits no tensor")
    if math.prod(shape) * dtype.itemsize > MAX_BYTES:  # a stride of 0 makes many elements of one
        raise WireError("a tensor that is too large")
    return dtype, shape, strides, _span(shape, strides) * dtype.itemsize


def _sizes(value: Any) -> list[int]:
    if not isinstance(value, list) or len(value) > MAX_DIMS:
        raise WireError("a malformed shape")
    for n in value:
        if type(n) is not int or not 0 <= n < 1 << 40:
            raise WireError("a shape or stride out of range")
    return value


def _span(shape: Sequence[int], strides: Sequence[int]) -> int:
    """How many elements lie between the first and the last, both included."""
    span = 1
    for n, stride in zip(shape, strides, strict=True):
        if n == 0:
            return 0
        span += (n - 1) * stride
    return span


def pack(tree: Any, tensors: Sequence[Tensor] = ()) -> bytes:
    """Make a frame of a JSON-able tree and a list of tensors."""
    written = [write_tensor(tensor) for tensor in tensors]
    text = _to_json([tree, [meta for meta, _ in written]]).encode()
    text += b" " * _padding(HEADER.size + len(text))
    data = b"".join(part for _, data in written for part in (data, bytes(_padding(len(data)))))
    if len(text) > MAX_TREE or len(data) > MAX_BYTES:
        raise WireError(f"a value of {len(text) + len(data)} bytes is too large to pass on")
    return HEADER.pack(len(text), len(data)) + text + data


_to_json = json.JSONEncoder(check_circular=False).encode


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
    return unpack(bytes(view[HEADER.size : start]), view[start:])


def unpack(text: bytes, data: memoryview) -> tuple[Any, list[Tensor]]:
    """Read the two parts of a frame back into a tree and tensors, which are views of `data`."""
    try:
        tree, metas = json.loads(text)
        tensors, start = [], 0
        for meta in metas:
            layout = *_, size = _layout(meta)
            tensors.append(_view(layout, data[start : start + size]))
            start += size + _padding(size)
    except (ValueError, TypeError, KeyError, RecursionError, RuntimeError) as error:
        raise WireError(f"a malformed frame ({type(error).__name__})") from None
    if start != len(data):
        raise WireError("a frame with bytes left over")
    return tree, tensors


class Flattener:
    """Turns a value into a tree, putting tensors aside; `other` encodes all that is not plain."""

    def __init__(self, other: Callable[[Any, "Flattener"], Any]) -> None:
        self.tensors: list[Tensor] = []
        self._other = other
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
        if value is None or isinstance(value, (bool, str)):
            return value if value is None or isinstance(value, bool) else str(value)
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            return float(value)
        if isinstance(value, (list, tuple)):
            tag = "l" if isinstance(value, list) else "T"
            return [tag, *(self(item, depth - 1) for item in value)]
        if isinstance(value, dict):
            pairs = ([self(k, depth - 1), self(v, depth - 1)] for k, v in value.items())
            return ["d", *pairs]
        return self._atom(value)

    def _atom(self, value: Any) -> Any:
        if isinstance(value, torch.dtype):
            return ["y", DTYPE_NAMES.get(value, "float32")]
        if isinstance(value, complex):
            return ["c", value.real, value.imag]
        if value is Ellipsis:
            return ["e"]
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
    if tag == "d":
        try:
            return {restore(k, other): restore(v, other) for k, v in items}
        except (TypeError, ValueError):
            raise WireError("a malformed dictionary") from None
    if tag == "y" and len(items) == 1 and items[0] in DTYPE_LIST:
        return DTYPES[items[0]]
    if tag == "c" and len(items) == 2 and all(type(part) is float for part in items):
        return complex(*items)
    if tag == "e":
        return Ellipsis
    if tag == "s" and len(items) == 3:
        return slice(*(restore(item, other) for item in items))
    return other(tag, items)
