import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from torch import nn

from lmlib import (
    AWDLSTM,
    LMModel1,
    LMModel4,
    LMModel5,
    LMModel6,
    LMModel7,
    LSTMCell,
    PointerSentinelLM,
    RefactoredLSTMCell,
)
from lmlib.arguments import check_number, check_shape, check_sizes, check_strings, device_of
from lmlib.recurrence import RNN

pytestmark = pytest.mark.usefixtures("as_a_user")

TWO_SIZES = [
    (LMModel1, ("vocab_size", "hidden_size")),
    (LMModel4, ("vocab_size", "hidden_size")),
    (LMModel5, ("vocab_size", "hidden_size", "num_layers")),
    (LMModel6, ("vocab_size", "hidden_size", "num_layers")),
    (LMModel7, ("vocab_size", "hidden_size", "num_layers")),
    (AWDLSTM, ("vocab_size", "embed_size", "hidden_size", "num_layers")),
    (PointerSentinelLM, ("vocab_size", "hidden_size", "num_layers", "memory_size")),
    (LSTMCell, ("input_size", "hidden_size")),
    (RefactoredLSTMCell, ("input_size", "hidden_size")),
    (RNN, ("input_size", "hidden_size", "num_layers")),
]


@pytest.mark.parametrize(("make", "names"), TWO_SIZES)
@pytest.mark.parametrize("value", [0, -1, 2.0, "8", True, None])
def test_each_size_is_named_when_it_is_wrong(make, names, value):
    good = dict.fromkeys(names, 2)
    error = ValueError if value in (0, -1) else TypeError
    for name in names:
        with pytest.raises(error, match=f"^{name} is {value!r}; it must be"):
            make(**good | {name: value})


@pytest.mark.parametrize("name", ["embed_p", "input_p", "weight_p", "hidden_p", "output_p"])
@pytest.mark.parametrize("p", [1.0, -0.1, math.nan, "x"])
def test_each_probability_is_named_when_it_is_wrong(name, p):
    with pytest.raises(
        TypeError if p == "x" else ValueError, match=f"^{name}, the prob.* is {p!r}"
    ):
        AWDLSTM(5, 4, 4, num_layers=1, **{name: p})


def test_sizes_may_be_any_whole_numbers():
    check_sizes(a=1, b=np.int64(7))
    check_sizes(least=0, most=3, a=0, b=3)
    with pytest.raises(ValueError, match="a is 4; it must be from 0 to 3"):
        check_sizes(least=0, most=3, a=4)


@pytest.mark.parametrize("value", [0.5, 1, np.float32(0.25), Fraction(1, 3)])
def test_numbers_may_be_any_real_ones(value):
    check_number("x", value, above=0, most=1)


@pytest.mark.parametrize(
    ("value", "bounds", "message"),
    [
        (0, {"above": 0}, "x is 0; it must be above 0 and finite"),
        (math.inf, {"least": 0}, "x is inf; it must be at least 0 and finite"),
        (1, {"least": 0, "below": 1}, "x is 1; it must be at least 0 and below 1"),
        (math.nan, {}, "x is nan; it must be finite"),
        (-math.inf, {"most": 3}, "x is -inf; it must be at most 3"),
    ],
)
def test_a_number_outside_its_bounds_says_which_are_allowed(value, bounds, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        check_number("x", value, **bounds)


@pytest.mark.parametrize("value", ["1", None, True, torch.tensor(0.5), [1]])
def test_what_is_no_number_is_shown(value):
    with pytest.raises(TypeError, match=r"^x is .*; it must be a number$"):
        check_number("x", value)


@pytest.mark.parametrize("values", [["a", "b"], ("a", "b"), {"a": 1, "b": 2}.keys(), iter("ab")])
def test_strings_come_from_whatever_has_an_order(values):
    assert check_strings("words", values) == ["a", "b"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("ab", "words are one string; give a list"),
        ({"a", "b"}, "words are a set, which has no order"),
        (5, "words are 5; give a list"),
        (None, "words are None"),
        (["a", 3], "words hold 3; they must all be strings"),
    ],
)
def test_what_are_no_strings_is_said(values, message):
    with pytest.raises(TypeError, match=f"^{message}"):
        check_strings("words", values)


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 0, 4), (2, 4), (0, 3, 5)])
def test_a_shape_that_is_not_allowed_is_stated(shape):
    with pytest.raises(ValueError, match=r"x is \[.*\]; allowed is \[batch, seq, 5\], not empty"):
        check_shape("x", torch.zeros(shape), "batch", "seq", 5)
    check_shape("x", torch.zeros(2, 3, 5), "batch", "seq", 5)


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (LMModel4, TypeError, "give a model, such as"),
        (lambda x: x, TypeError, "give a model, such as"),
        (nn.Identity(), ValueError, "Identity has no parameters"),
        (nn.Linear(2, 2, device="meta"), ValueError, "without values"),
    ],
)
def test_a_model_has_parameters_on_a_device(model, error, message):
    with pytest.raises(error, match=message):
        device_of(model)
