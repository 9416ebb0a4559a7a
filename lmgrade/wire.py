"""The only language that crosses the trust boundary: a JSON tree and the bytes of tensors.

A frame is `length of the tree, length of the bytes, tree, bytes`. The tree is made of JSON's own
scalars and of lists that begin with a tag; a tensor is its dtype, shape, strides and raw bytes.
Whoever reads a frame assumes that an enemy wrote it: nothing is unpickled, looked up by name or
allocated on the sender's word, and everything that does not fit raises `WireError`.
"""

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


class WireError(Exception):
    """A frame or a value that the boundary does not let through."""


def write_tensor(tensor: Tensor) -> tuple[list[Any], bytes]:
    """Describe a tensor as `[dtype, shape, strides]` and return its bytes.

    The memory between first and last element travels whole when that is not wasteful, so that a
    transposed or sliced tensor arrives with the strides that it had.
    """
    tensor = tensor.detach()
    if tensor.layout != torch.strided or tensor.dtype not in DTYPE_NAMES:
        raise WireError(f"a tensor of layout {tensor.layout} and dtype {tensor.dtype}")
    tensor = tensor.cpu().resolve_conj().resolve_neg()
    span = _span(tensor.shape, tensor.stride())
    if span > 4 * tensor.numel() + 64:
        tensor = tensor.contiguous()
        span = tensor.numel()
    flat = tensor.as_strided((span,), (1,), tensor.storage_offset())
    data = flat.contiguous().view(torch.uint8).numpy().tobytes() if span else b""
    return [DTYPE_NAMES[tensor.dtype], list(tensor.shape), list(tensor.stride())], data


def read_tensor(meta: Any, data: bytes | memoryview, copy: bool = True) -> Tensor:
    """Rebuild a tensor from `[dtype, shape, strides]` and its bytes, or as a view of them."""
    if not isinstance(meta, list) or len(meta) != 3 or not isinstance(meta[0], str):
        raise WireError("a malformed tensor description")
    dtype, shape, strides = DTYPES.get(meta[0]), _sizes(meta[1]), _sizes(meta[2])
    if dtype is None or len(shape) != len(strides):
        raise WireError("a tensor description that fits no tensor")
    span = _span(shape, strides)
    if span * dtype.itemsize != len(data) or math.prod(shape) > 4 * MAX_BYTES:
        raise WireError("a tensor whose bytes do not fit its shape")
    if not span:
        return torch.empty(shape, dtype=dtype)
    flat = torch.frombuffer(bytearray(data) if copy else data, dtype=torch.uint8)
    # A bool that is neither 0 nor 1 would make torch's own comparisons undefined.
    flat = flat != 0 if dtype == torch.bool else flat.view(dtype)
    return flat.as_strided(shape, strides)


def _sizes(value: Any) -> list[int]:
    if not isinstance(value, list) or len(value) > MAX_DIMS:
        raise WireError("a malformed shape")
    if any(type(n) is not int or not 0 <= n < 1 << 40 for n in value):
        raise WireError("a shape or stride out of range")
    return value


def _span(shape: Sequence[int], strides: Sequence[int]) -> int:
    if 0 in shape:
        return 0
    return 1 + sum((n - 1) * stride for n, stride in zip(shape, strides, strict=True))


def pack(tree: Any, tensors: Sequence[Tensor] = ()) -> bytes:
    """Make a frame of a JSON-able tree and a list of tensors."""
    written = [write_tensor(tensor) for tensor in tensors]
    text = json.dumps([tree, [meta for meta, _ in written]]).encode()
    data = b"".join(data for _, data in written)
    if len(text) > MAX_TREE or len(data) > MAX_BYTES:
        raise WireError(f"a value of {len(text) + len(data)} bytes is too large to pass on")
    return HEADER.pack(len(text), len(data)) + text + data


def frame_sizes(header: bytes) -> tuple[int, int]:
    """Read the two lengths that begin a frame."""
    text, data = HEADER.unpack(header)
    if text > MAX_TREE or data > MAX_BYTES:
        raise WireError("a frame over the size limit")
    return text, data


def unpack(text: bytes, data: memoryview, copy: bool = True) -> tuple[Any, list[Tensor]]:
    """Read the two parts of a frame back into a tree and tensors."""
    try:
        tree, metas = json.loads(text)
        tensors, start = [], 0
        for meta in metas:
            dtype, shape, strides = meta
            width = DTYPES[dtype].itemsize * _span(_sizes(shape), _sizes(strides))
            tensors.append(read_tensor(meta, data[start : start + width], copy))
            start += width
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
