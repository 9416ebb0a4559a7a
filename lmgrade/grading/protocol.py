"""How values cross between two processes of which one is not trusted: msgpack, and no pickle.

Plain values cross as copies: None, booleans, numbers, text, bytes, lists, tuples, dictionaries,
sets, ranges, dates, decimals, fractions, counters, NumPy arrays, tensors and pandas frames.
What else there is crosses as a reference, which each side makes and reads as it sees fit.
"""

import builtins
import datetime
import decimal
import fractions
import socket
import struct
import sys
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable
from typing import Any

import msgpack

LENGTH = struct.Struct("!Q")
MAX_FRAME = 1 << 30
SINGLE, REFERENCE = 1, 2  # msgpack's own numbers for what it does not know

# type: (its parts, from its parts). What is not in this table, or a subclass of it, is no value.
PLAIN: dict[type, tuple[Callable[[Any], Any], Callable[..., Any]]] = {
    tuple: (list, lambda *parts: tuple(parts)),
    set: (list, lambda *parts: set(parts)),
    frozenset: (list, lambda *parts: frozenset(parts)),
    deque: (list, lambda *parts: deque(parts)),
    complex: (lambda z: [z.real, z.imag], complex),
    range: (lambda r: [r.start, r.stop, r.step], range),
    slice: (lambda s: [s.start, s.stop, s.step], slice),
    Counter: (lambda c: [dict(c)], Counter),
    OrderedDict: (lambda d: [list(d.items())], OrderedDict),
    defaultdict: (lambda d: [dict(d)], dict),
    decimal.Decimal: (lambda d: [str(d)], decimal.Decimal),
    fractions.Fraction: (lambda f: [f.numerator, f.denominator], fractions.Fraction),
    datetime.date: (lambda d: [d.isoformat()], datetime.date.fromisoformat),
    datetime.time: (lambda t: [t.isoformat()], datetime.time.fromisoformat),
    datetime.datetime: (lambda d: [d.isoformat()], datetime.datetime.fromisoformat),
    datetime.timedelta: (lambda d: [d.days, d.seconds, d.microseconds], datetime.timedelta),
}
BY_NAME = {kind.__name__: make for kind, (_, make) in PLAIN.items()} | {
    "int": lambda digits: int(digits, 16),
    "namedtuple": lambda kind, fields, items: namedtuple(kind, fields)(*items),
    "constant": {"Ellipsis": ..., "NotImplemented": NotImplemented}.__getitem__,
}
Encode = Callable[[Any], Any]  # an object that is no value → what stands for it
Decode = Callable[[Any], Any]  # what stands for an object → an object


class ProtocolError(Exception):
    """What came is not what honest code sends."""


def pack(value: Any, encode: Encode | None = None) -> bytes:
    """One value as bytes; `encode` says what stands for an object that is no plain value."""

    def other(each: Any) -> msgpack.ExtType:
        # A stand-in may pass for a tensor, by its `__class__`.
        parts = None if hasattr(type(each), "__run_beside__") else _parts(each)
        if parts is not None:
            return msgpack.ExtType(SINGLE, pack(parts, encode))
        if encode is None:
            raise TypeError(f"a {type(each).__name__} is no plain value")
        return reference(each, encode)

    return bytes(
        msgpack.packb(value, default=other, strict_types=True, unicode_errors="surrogatepass")
    )


def reference(value: Any, encode: Encode) -> msgpack.ExtType:
    """What crosses in place of an object, even of one that looks like a value."""
    return msgpack.ExtType(REFERENCE, pack(encode(value), encode))


def unpack(data: bytes | bytearray, decode: Decode | None = None) -> Any:
    """The inverse of `pack`; raises `ProtocolError` for anything that `pack` does not write."""

    def other(code: int, content: bytes) -> Any:
        inner = unpack(content, decode)
        if code == SINGLE:
            return _whole(inner)
        if code == REFERENCE and decode is not None:
            return decode(inner)
        raise ProtocolError(f"an unknown kind of value ({code})")

    try:
        return msgpack.unpackb(
            data, ext_hook=other, strict_map_key=False, unicode_errors="surrogatepass"
        )
    except ProtocolError:
        raise
    except Exception as error:
        raise ProtocolError(f"{type(error).__name__}: {error}"[:200]) from None


def frame(value: Any, encode: Encode | None = None) -> bytes:
    """One value as it is sent, its length first."""
    data = pack(value, encode)
    return LENGTH.pack(len(data)) + data


def send(link: socket.socket, value: Any, encode: Encode | None = None) -> None:
    """Write one value."""
    link.sendall(frame(value, encode))


def receive(link: socket.socket, decode: Decode | None = None) -> Any:
    """Read one value; None if the other side has hung up."""
    buffer, wanted = bytearray(), LENGTH.size
    while len(buffer) < wanted:
        if not (chunk := link.recv(min(1 << 20, wanted - len(buffer)))):
            return None
        buffer += chunk
        if wanted == LENGTH.size == len(buffer):
            wanted += frame_size(buffer)
    return unpack(buffer[LENGTH.size :], decode)


def frame_size(start: bytes | bytearray) -> int:
    """How many bytes follow the first ones of a frame."""
    size = int(LENGTH.unpack(start)[0])
    if size > MAX_FRAME:
        raise ProtocolError(f"a message of {size >> 20} MB")
    return size


# --- values that msgpack does not know -----------------------------------------------------------


def _parts(value: Any) -> list[Any] | None:
    """The name of a value's type and what it is made of; None for what is no value."""
    kind = type(value)
    if kind is int:  # beyond 64 bits
        return ["int", hex(value)]
    if kind in PLAIN:
        parts = PLAIN[kind][0](value)
        return [kind.__name__, *parts]
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return ["namedtuple", kind.__name__, list(kind._fields), list(value)]
    if kind is type and value in vars(builtins).values():
        return ["type", str(value.__name__)]
    if value is ... or value is NotImplemented:
        return ["constant", repr(value)]
    return _array_parts(value)


def _whole(parts: Any) -> Any:
    """The value that `_parts` took apart."""
    name, *rest = parts
    if name in BY_NAME:
        return BY_NAME[name](*rest)
    if name == "type":
        kind = getattr(builtins, rest[0])
        if not isinstance(kind, type):
            raise ProtocolError("not a type")
        return kind
    return _whole_array(name, rest)


def _array_parts(value: Any) -> list[Any] | None:
    """Tensors, NumPy arrays and numbers, pandas frames; each only where its package is loaded."""
    torch, numpy, pandas = (sys.modules.get(name) for name in ("torch", "numpy", "pandas"))
    if torch is not None and isinstance(value, torch.Tensor):
        return _tensor_parts(torch, value)
    if torch is not None and isinstance(value, (torch.dtype, torch.device)):
        return ["torch", type(value).__name__, str(value)]
    if torch is not None and isinstance(value, torch.Size):
        return ["tuple", *value]
    if numpy is not None and isinstance(value, (numpy.ndarray, numpy.generic)):
        if value.dtype.kind not in "biufcmMSU":  # objects and records
            return None if isinstance(value, numpy.generic) else ["objects", value.tolist()]
        whole = numpy.ascontiguousarray(value)
        scalar = isinstance(value, numpy.generic)
        return ["array", whole.dtype.str, list(value.shape), whole.tobytes(), scalar]
    if pandas is not None and type(value) is pandas.DataFrame:
        return ["frame", list(value.columns), [c.array for _, c in value.items()], value.index]
    if pandas is not None and type(value) is pandas.Series:
        return ["series", value.name, value.array, value.index]
    if pandas is not None and isinstance(value, pandas.MultiIndex):
        return ["multiindex", list(value), list(value.names)]
    if pandas is not None and isinstance(value, pandas.Index):
        return ["index", value.array, value.name]
    if pandas is not None and isinstance(value, pandas.api.extensions.ExtensionArray):
        return ["column", str(value.dtype), value.astype(object).tolist()]
    if pandas is not None and value is pandas.NA:
        return ["missing"]
    if pandas is not None and isinstance(value, pandas.Timestamp):
        return ["timestamp", value.isoformat()]
    return None


def _tensor_parts(torch: Any, value: Any) -> list[Any]:
    plain = value.detach().to_dense().as_subclass(torch.Tensor).cpu()
    plain = plain.dequantize() if plain.is_quantized else plain
    plain = plain.resolve_conj().resolve_neg()
    data = plain.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
    return ["tensor", str(plain.dtype)[6:], list(plain.shape), data]


def _whole_array(name: str, parts: list[Any]) -> Any:
    import numpy

    if name == "array":
        dtype, shape, data, scalar = parts
        if numpy.dtype(dtype).kind not in "biufcmMSU":
            raise ProtocolError("an array of objects")
        array = numpy.frombuffer(data, dtype).reshape(shape).copy()
        return array[()] if scalar else array
    if name == "objects":
        return numpy.array(parts[0], dtype=object)
    if name == "tensor":
        import torch

        dtype, shape, data = parts
        kind = _torch_constant(dtype)
        flat = torch.frombuffer(bytearray(data), dtype=kind) if data else torch.empty(0, dtype=kind)
        return flat.reshape(shape)
    if name == "torch":
        import torch

        kind, text = parts
        return torch.device(text) if kind == "device" else _torch_constant(text[6:])
    return _whole_frame(name, parts)


def _torch_constant(name: str) -> Any:
    import torch

    found = getattr(torch, name)
    if not isinstance(found, torch.dtype) or name.startswith("q"):  # quantised: no plain numbers
        raise ProtocolError("not a dtype of plain numbers")
    return found


def _whole_frame(name: str, parts: list[Any]) -> Any:
    import pandas as pd

    def frame(names: Any, columns: list[Any], index: Any) -> Any:
        made = pd.DataFrame(dict(enumerate(columns)), index=index)
        made.columns = pd.Index(names)
        return made

    makers: dict[str, Callable[..., Any]] = {
        "frame": frame,
        "series": lambda name, array, index: pd.Series(array, index=index, name=name),
        "index": lambda array, name: pd.Index(array, name=name),
        "multiindex": lambda rows, names: pd.MultiIndex.from_tuples(rows, names=names),
        "column": lambda dtype, items: pd.array(items, dtype=dtype),
        "missing": lambda: pd.NA,
        "timestamp": pd.Timestamp,
    }
    return makers[name](*parts)
