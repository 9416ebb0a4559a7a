from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lmlib import (
    batches,
    chunks,
    human_numbers,
    join_lines,
    lane_batches,
    lanes,
    split_stream,
    word_windows,
)


def test_join_puts_the_separator_between_lines_only():
    assert join_lines([" one ", "twenty one"]) == ["one", ".", "twenty", "one"]
    assert join_lines(["a", "b"], separator="|") == ["a", "|", "b"]


@pytest.mark.parametrize("lines", [[], ["  ", ""]])
def test_an_empty_corpus_is_refused(lines):
    with pytest.raises(ValueError, match="no words"):
        join_lines(lines)


def test_the_pattern_of_fourteen_samples_in_four_lanes():
    expected = [[0, 3, 6, 9], [1, 4, 7, 10], [2, 5, 8, 11]]
    assert lanes(torch.arange(14), 4).tolist() == expected


streams = st.tuples(st.integers(8, 300), st.integers(1, 6), st.integers(1, 7)).filter(
    lambda s: (s[0] - 1) // s[2] >= s[1]
)


@given(streams)
def test_lane_batches_read_the_stream_in_order(sizes):
    n, batch_size, seq_len = sizes
    pairs = lane_batches(torch.arange(n), batch_size, seq_len)
    for x, y in pairs:
        assert x.shape == y.shape == (batch_size, seq_len)
        assert torch.equal(y, x + 1)
    for (x, _), (following, _) in pairwise(pairs):
        assert torch.equal(following[:, 0], x[:, -1] + 1)
    whole = torch.cat([x for x, _ in pairs], dim=1).flatten()
    assert torch.equal(whole, torch.arange(len(whole)))  # lanes too follow one another
    assert len(pairs) == (n - 1) // seq_len // batch_size


def test_published_counts():
    n = len(join_lines(human_numbers()))
    ids = torch.arange(n)
    x, y = word_windows(ids)
    assert x.shape == (21_031, 3)
    assert torch.equal(y, x[:, -1] + 1)
    train, valid = split_stream(ids, seq_len=3)
    assert (len(word_windows(train)[0]), len(word_windows(valid)[0])) == (16_824, 4_207)
    train, valid = split_stream(ids, seq_len=16)
    assert (len(lane_batches(train, 64, 16)), len(lane_batches(valid, 64, 16))) == (49, 12)
    assert lane_batches(train, 64, 16)[-1][1].max() == 50_176
    assert valid[0] == 3154 * 16


def test_batches_keep_order_and_may_drop_the_rest():
    x, y = chunks(torch.arange(21), 2)
    pairs = batches(x, y, 4)
    assert [len(a) for a, _ in pairs] == [4, 4, 2]
    assert torch.equal(torch.cat([a for a, _ in pairs]), x)
    assert [len(a) for a, _ in batches(x, y, 4, drop_last=True)] == [4, 4]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda ids: lane_batches(ids, 64, 3), ValueError, r"64 is larger than the 3 samples"),
        (lambda ids: chunks(ids, 10), ValueError, "11 are needed"),
        (lambda ids: chunks(ids, 0), ValueError, "seq_len is 0"),
        (lambda ids: lanes(ids, 0), ValueError, "batch_size is 0"),
        (lambda ids: batches(ids, ids, 11, drop_last=True), ValueError, "allowed are 1 to 10"),
        (lambda ids: split_stream(ids, 1, 1.0), ValueError, "fraction is 1.0"),
        (lambda ids: split_stream(ids, 9), ValueError, "is none"),
        (lambda ids: chunks(ids.float(), 2), TypeError, "torch.float32"),
        (lambda ids: chunks(ids.view(2, 5), 2), ValueError, r"\[2, 5\]"),
        (lambda ids: chunks(ids[:0], 2), ValueError, "not empty"),
        (lambda ids: chunks(ids - 5, 2), ValueError, "-5"),
        (lambda ids: chunks([1, 2, 3], 1), TypeError, r"got list; torch.tensor\(ids\)"),
        (lambda ids: chunks(ids, 2.0), TypeError, "seq_len is 2.0; it must be a whole number"),
        (lambda ids: chunks(ids, True), TypeError, "seq_len is True"),
        (lambda ids: lanes(list(ids), 2), TypeError, "samples must be a tensor, got list"),
        (lambda ids: lanes(ids, "2"), TypeError, "batch_size is '2'"),
        (lambda ids: lanes(ids[0], 1), ValueError, "samples is a single number"),
        (lambda ids: batches(ids, ids[0], 1), ValueError, "y is a single number"),
        (lambda ids: batches(ids, ids, 0), ValueError, "batch_size is 0"),
        (lambda ids: split_stream(ids, 1, "half"), TypeError, "fraction is 'half'"),
        (lambda ids: join_lines("a b"), TypeError, r"one string.*text.splitlines\(\)"),
        (lambda ids: join_lines(["a", 2]), TypeError, "lines hold 2"),
        (lambda ids: join_lines(["a"], separator=3), TypeError, "separator is 3"),
    ],
)
def test_bad_streams(as_a_user, call, error, message):
    with pytest.raises(error, match=message):
        call(torch.arange(10))
