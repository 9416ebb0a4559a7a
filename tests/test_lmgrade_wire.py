"""What crosses the boundary arrives as it was, and nothing else gets through."""

import json
import sys
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from torch import nn

from lmgrade import tensors, wire
from lmgrade.objects import Objects

NUMBERS = st.sampled_from(["?", "i1", "i8", "u4", "f4", "f8"]).flatmap(
    lambda dtype: (
        npst.arrays(dtype, npst.array_shapes(min_dims=0, min_side=0))
        | npst.from_dtype(np.dtype(dtype))
    )
)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.frozensets(st.integers() | st.text(), max_size=1)
    | st.sets(st.integers(), max_size=1)
    | NUMBERS.filter(lambda n: not isinstance(n, np.float64)),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner)
    ),
    max_leaves=20,
)


def refuse(*_: object) -> None:
    raise wire.WireError("not plain")


def through(value: object) -> object:
    frame = wire.pack(wire.Flattener(refuse)(value))
    tree, _ = wire.read(bytearray(frame))
    return wire.restore(tree, refuse)


def read(meta: object, data: bytes) -> torch.Tensor:
    return tensors.view_of(tensors.layout_of(meta), memoryview(bytearray(data)))


@given(PLAIN)
def test_plain_data_survives(value: object) -> None:
    assert repr(through(value)) == repr(value)  # NaN is not equal to itself


@pytest.mark.parametrize(
    "tensor",
    [
        torch.randn(3, 4),
        torch.randn(3, 4).t(),
        torch.randn(4, 6)[:, ::2],
        torch.zeros(0, 5),
        torch.tensor(2.5, dtype=torch.bfloat16),
        torch.ones(1).expand(4, 5),
        torch.tensor([True, False]),
        torch.randn(2, dtype=torch.complex64),
        torch.arange(5)[2:],
    ],
)
def test_tensors_keep_values_dtype_shape_and_layout(tensor: torch.Tensor) -> None:
    meta, data = tensors.write_tensor(tensor)
    found = read(json.loads(json.dumps(meta)), data)
    assert torch.equal(found, tensor)
    assert found.dtype == tensor.dtype
    assert found.stride() == tensor.stride()
    assert found.storage_offset() == tensor.storage_offset()


@pytest.mark.parametrize(
    ("meta", "size"),
    [
        (["float32", [2], [1]], 4),
        (["float32", [2], [1]], 12),
        (["float32", [2], [1], 3], 8),
        (["float32", [2], [1], -1], 8),
        (["float32", [2], [1], 1 << 39], 8),
        (["float32", [2], [1], 0, 0], 8),
        (["float32", [-1], [1]], 4),
        (["float32", [2], [-1]], 8),
        (["float32", [1 << 50], [0]], 4),
        (["float32", [1 << 39, 1 << 39], [0, 0]], 4),
        (["float32", [2, 2], [1]], 8),
        (["object", [1], [1]], 8),
        (["float32", [True], [1]], 4),
        (["float32", ["2"], [1]], 8),
        (["float32", [1] * 99, [1] * 99], 4),
        ("float32", 4),
        (None, 0),
    ],
)
def test_impossible_tensors_are_refused(meta: object, size: int) -> None:
    with pytest.raises(wire.WireError):
        read(meta, bytes(size))


def test_a_bool_is_zero_or_one() -> None:
    found = read(["bool", [2], [1]], b"\x07\x00")
    assert found.view(torch.uint8).tolist() == [1, 0]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[",
        b"[]",
        b"[1,2,3]",
        b'[{},[["float32",[4],[1]]]]',
        b"[" * 10**6,
        b"[0,[[[],[],[]]]]",
    ],
)
def test_malformed_frames_are_refused(text: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.unpack(text, memoryview(bytearray(b"1234")))


@pytest.mark.parametrize(
    "tree",
    [
        [],
        [1],
        ["d", 5],
        ["d", [["l"], 1]],
        ["y", ["x"]],
        {"a": 1},
        ["S", ["l"]],
        ["n", "<f8", [2], [1]],
        ["n", "O", [1], [1]],
        ["n", ["<f8"], [1], [1]],
        ["n", "<i1", None, []],
        ["n", "<f8", [10**12], [1]],
        ["n", "<i1", [1], [10**30]],
        ["b", 5],
        ["d", *([n * (2**61 - 1), 0] for n in range(3000))],
        ["S", *(n * (2**61 - 1) for n in range(3000))],
    ],
)
def test_malformed_values_are_refused(tree: object) -> None:
    with pytest.raises(wire.WireError):
        wire.restore(tree, refuse)


@pytest.mark.parametrize("key", [str, np.str_, int, lambda n: (str(n), str(n + 1), n)])
def test_a_dictionary_of_many_words_or_numbers_crosses(key: Callable[[int], object]) -> None:
    table = {key(n): n for n in range(5000)} | {None: 0, 0.5: 1}
    assert through(table) == table
    with pytest.raises(wire.WireError, match="of 5000 keys is too large"):
        through({n + 0.5: n for n in range(5000)})


def test_a_number_of_too_many_digits_is_refused_where_it_comes_from() -> None:
    assert through(1 - 2**wire.MAX_BITS) == 1 - 2**wire.MAX_BITS
    with pytest.raises(wire.WireError, match="more than 10,000 bits"):
        through(2**wire.MAX_BITS)


@pytest.mark.parametrize(
    "tree",
    [
        dict.fromkeys(map(str, range(1001))),
        ["d", *([n * sys.hash_info.modulus, 0] for n in range(1002))],
        ["d", *([["T", n, n, n, n], 0] for n in range(1001))],
        ["d", *([n, 0] for n in range(100_001))],
        ["S", *range(1001)],
    ],
)
def test_keys_are_few_where_they_may_collide(tree: object) -> None:
    """It then takes a time that grows with the square of their number."""
    text = json.dumps([tree, []]).encode()
    with pytest.raises(wire.WireError, match="too many keys"):
        wire.restore(wire.unpack(memoryview(text), memoryview(b""))[0], refuse)


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1))
def test_announced_sizes_are_bounded(text: int, data: int) -> None:
    header = wire.HEADER.pack(text, data)
    if text <= wire.MAX_TREE and data <= wire.MAX_BYTES:
        assert wire.frame_sizes(header) == (text, data)
    else:
        with pytest.raises(wire.WireError):
            wire.frame_sizes(header)


def test_parameters_in_one_memory_take_what_each_is_given() -> None:
    """The checker's copies are two: what it writes to one of them must not change the other."""
    model = nn.Sequential(nn.Linear(3, 3, bias=False), nn.Linear(3, 3, bias=False))
    model[1].weight.data = model[0].weight.data
    before = model[0].weight.detach().clone()
    objects = Objects()
    objects.encode(model, wire.Flattener(refuse))
    objects.describe_modules()
    assert len(list(objects.changed_mirrors())) == 2
    objects.update_mirror(1, torch.ones(3, 3), True)
    assert torch.equal(model[0].weight, before)
    assert model[1].weight.sum() == 9
    assert list(objects.changed_mirrors()) == []
