"""Values cross as they are; what honest code does not send is refused."""

import contextlib
import datetime
import decimal
import fractions
import math
from collections import Counter, OrderedDict, deque

import msgpack
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lmgrade.grading.protocol import ProtocolError, pack, unpack

pytestmark = pytest.mark.quick

KEYS = st.text() | st.integers() | st.booleans() | st.tuples(st.integers(), st.text())
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.dates()
    | st.datetimes()
    | st.timedeltas()
    | st.fractions()
    | st.decimals(allow_nan=False)
    | st.frozensets(st.integers())
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(KEYS, inner),
    max_leaves=20,
)


@given(TREES)
@settings(max_examples=200, deadline=None)
def test_plain_values_come_back_as_they_were(value: object) -> None:
    found = unpack(pack(value))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "value",
    [
        *(Counter("aab"), OrderedDict(b=1, a=2), deque([1]), range(1, 9, 2), slice(1, None), ...),
        *(decimal.Decimal("1.10"), fractions.Fraction(1, 3), datetime.timedelta(1, 2, 3), int),
        *(2**200, -(2**64), np.float32(0.5), np.int64(3), np.bool_(True), np.str_("a")),
        *(torch.float64, torch.device("cpu"), "\ud800", math.inf),
    ],
    ids=repr,
)
def test_each_kind_keeps_its_type(value: object) -> None:
    found = unpack(pack(value))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "dtype", [torch.float32, torch.bfloat16, torch.int64, torch.bool, torch.cfloat]
)
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3), (1, 1, 1)])
def test_tensors(dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    value = torch.ones(shape, dtype=dtype)
    found = unpack(pack(value.T if value.dim() == 2 else value))
    assert found.dtype == dtype
    assert torch.equal(found, value.T if value.dim() == 2 else value)


def test_a_tensor_brings_no_history_and_no_class() -> None:
    class Mine(torch.Tensor):
        pass

    found = unpack(pack([torch.nn.Parameter(torch.ones(2)), torch.ones(2).as_subclass(Mine)]))
    assert [type(each) for each in found] == [torch.Tensor, torch.Tensor]
    assert not found[0].requires_grad


@pytest.mark.parametrize(
    "value", [np.arange(6).reshape(2, 3).T, np.zeros((0, 2)), np.array(["a", "bc"]), np.array(1.5)]
)
def test_arrays(value: np.ndarray) -> None:
    found = unpack(pack(value))
    assert (found.dtype, found.shape) == (value.dtype, value.shape)
    assert (found == value).all()


def test_frames() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(
        {"a": [1, 2], "b": ["x", None], "c": pd.to_datetime(["2020-01-01", "2021-01-01"])},
        index=["i", "j"],
    )
    pd.testing.assert_frame_equal(unpack(pack(frame)), frame)
    pd.testing.assert_series_equal(unpack(pack(frame.a)), frame.a)
    pairs = frame.set_index(["a", "b"]).c
    pd.testing.assert_series_equal(unpack(pack(pairs)), pairs)


class Number(int):
    pass


@pytest.mark.parametrize(
    "value", [object(), Number(3), [object()], lambda: 0, math, ValueError("x")]
)
def test_what_is_no_plain_value_does_not_cross(value: object) -> None:
    with pytest.raises(TypeError, match="is no plain value"):
        pack(value)


@given(st.binary(max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_bytes_are_a_value_or_refused(data: bytes) -> None:
    with contextlib.suppress(ProtocolError):
        unpack(data)


@given(
    st.lists(TREES, max_size=5),
    st.sampled_from(["tensor", "array", "tuple", "type", "torch", "frame"]),
)
@settings(max_examples=100, deadline=None)
def test_any_parts_are_a_value_or_refused(parts: list[object], name: str) -> None:
    with contextlib.suppress(ProtocolError):
        unpack(msgpack.packb(msgpack.ExtType(1, pack([name, *parts]))))


def test_no_type_crosses_that_is_no_type() -> None:
    for name in ("eval", "exec", "open", "__import__", "print"):
        with pytest.raises(ProtocolError):
            unpack(msgpack.packb(msgpack.ExtType(1, pack(["type", name]))))
