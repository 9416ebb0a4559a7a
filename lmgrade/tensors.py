"""A tensor as it crosses the boundary: `[dtype, shape, strides, offset]` and its raw bytes.

The offset, of the first element, is left out where it is 0.
"""

import ctypes
import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

MAX_BYTES = 256 << 20
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
# dtype, shape, strides, where the first element lies, number of bytes
Layout = tuple[torch.dtype, list[int], list[int], int, int]


class WireError(Exception):
    """A frame or a value that the boundary does not let through."""


def write_tensor(tensor: Tensor) -> tuple[list[Any], bytes]:
    """Describe a tensor as `[dtype, shape, strides]` and return its bytes.

    The memory between first and last element travels whole when that is not wasteful, so that a
    transposed or sliced tensor arrives with the strides that it had. A slice that does not begin
    where its memory begins gets zeros in front, and their number ends its description.
    """
    if tensor.layout != torch.strided or tensor.dtype not in DTYPE_NAMES:
        raise WireError(f"a tensor of layout {tensor.layout} and dtype {tensor.dtype}")
    if tensor.device.type != "cpu" or tensor.is_conj() or tensor.is_neg():
        tensor = tensor.detach().cpu().resolve_conj().resolve_neg()
    span, most = _span(tensor.shape, tensor.stride()), 4 * tensor.numel() + 64
    if span > most:
        tensor = tensor.detach().contiguous()
        span = tensor.numel()
    offset = tensor.storage_offset() if span > 0 and tensor.storage_offset() <= most else 0
    size = span * tensor.element_size()
    data = ctypes.string_at(tensor.data_ptr(), size) if size else b""
    meta = [DTYPE_NAMES[tensor.dtype], list(tensor.shape), list(tensor.stride())]
    if offset:
        return [*meta, offset], bytes(offset * tensor.element_size()) + data
    return meta, data


def view_of(layout: Layout, data: memoryview) -> Tensor:
    """The tensor of a checked description, where its bytes lie."""
    dtype, shape, strides, offset, size = layout
    if size != len(data):
        raise WireError("a tensor whose bytes do not fit its shape")
    if not size:
        return torch.empty(shape, dtype=dtype)
    if dtype == torch.bool:
        # One that is neither 0 nor 1 would make torch's own comparisons undefined.
        flat = torch.frombuffer(data, dtype=torch.uint8).clamp_(max=1).view(torch.bool)
    else:
        flat = torch.frombuffer(data, dtype=dtype)
    return flat.as_strided(shape, strides, offset)


def layout_of(meta: Any) -> Layout:
    """Check a description, and count the bytes that belong to it."""
    if not isinstance(meta, list) or len(meta) not in (3, 4) or not isinstance(meta[0], str):
        raise WireError("a malformed tensor description")
    dtype, shape, strides = DTYPES.get(meta[0]), _sizes(meta[1]), _sizes(meta[2])
    (offset,) = _sizes(meta[3:]) or [0]
    if dtype is None or len(shape) != len(strides):
        raise WireError("a tensor description that fits no tensor")
    if math.prod(shape) * dtype.itemsize > MAX_BYTES:  # a stride of 0 makes many elements of one
        raise WireError("a tensor that is too large")
    span = _span(shape, strides)
    return dtype, shape, strides, offset, (span and span + offset) * dtype.itemsize


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
