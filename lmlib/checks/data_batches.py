"""Properties of a data pipeline: words to ids, a stream to batches in order, and back."""

import itertools
from typing import Any

import torch

from lmlib.checks.case import Case
from lmlib.checks.expect import expect
from lmlib.checks.stream_counts import expect_enough, expect_nothing_made_up
from lmlib.checks.stream_values import expect_own_values, expect_values_of
from lmlib.checks.streams import expect_full_batches, readable, readings
from lmlib.checks.suite import Suite
from lmlib.checks.word_ids import (
    expect_decoded,
    expect_ids,
    expect_lines_kept,
    expect_separators,
    expect_vocabulary,
    expect_words,
    ids_in,
    shared_tokens,
    tokens_of,
)
from lmlib.checks.word_lines import WORDS, many_lines, some_lines, texts_of_ids

check = Suite("data_batches", "numericalize", "batches_in_order", "decode")


@check.property("numericalize returns an int64 tensor of ids and a list of words")
def id_types(numericalize: Any, case: Case) -> None:
    for lines in (some_lines(case), case.pick(WORDS, 1), many_lines(case)):
        expect_ids(numericalize(lines))


@check.property('a "." stands between two lines, and nowhere else')
def separator(numericalize: Any, case: Case) -> None:
    first, last = case.pick(WORDS, 2)
    for lines in (some_lines(case), case.pick(WORDS, 4), [first], [first, "", "\n", last]):
        expect_separators(tokens_of(numericalize, lines), lines)


@check.property("the tokens are the words of the lines, in their order, without line ends")
def words(numericalize: Any, case: Case) -> None:
    lines, many = some_lines(case), many_lines(case)
    shared = shared_tokens(numericalize, lines)
    forms = [[form.format(line) for line in lines] for form in ("{}", "{}\n", "  {} \n")]
    others = many, lines * 200  # many words, and as many lines as a file may have
    for given, plain in zip((*forms, *others), (lines, lines, lines, *others), strict=True):
        expect_words(shared(tokens_of(numericalize, given)), shared(" . ".join(plain).split()))


@check.property("the vocabulary lists each token once, in the order of first appearance")
def vocabulary(numericalize: Any, case: Case) -> None:
    shared = shared_tokens(numericalize, some_lines(case))
    for lines in (some_lines(case), many_lines(case), case.pick(WORDS, 1)):
        _, vocab = ids_in(numericalize(list(lines)))
        expect_vocabulary(shared(vocab), shared(list(dict.fromkeys(" . ".join(lines).split()))))


@check.property("the list of lines is left as it was, and another text changes nothing later")
def lines_kept(numericalize: Any, case: Case) -> None:
    expect_lines_kept(numericalize, [f" {line}\n" for line in some_lines(case)], many_lines(case))


@check.property("every batch is a pair (x, y) of full int64 tensors [B, T]")
def batch_shapes(batches_in_order: Any, case: Case) -> None:
    expect_full_batches(batches_in_order, case)


@check.property("within a row, the words of x follow each other")
def inside_a_row(batches_in_order: Any, case: Case) -> None:
    for reading in readings(batches_in_order, case):
        for x, _ in reading.batches:
            gaps = (x.diff(dim=1) != 1).any(dim=1)
            row = x[int(gaps.int().argmax())].tolist()
            text = f"{reading}, a row of x holds positions {row} of the stream"
            expect(not gaps.any(), "row-has-gaps", text)


@check.property("y is the next word of x, also at the end of a row")
def next_word(batches_in_order: Any, case: Case) -> None:
    for reading in readings(batches_in_order, case, many=True):
        pairs = [(x, y) for x, y in reading.batches if x.shape == y.shape]
        x, y = reading.batches[0]
        text = f"{reading}, x has shape {list(x.shape)} and y {list(y.shape)}"
        expect(pairs, "wrong-shape", text)
        for x, y in pairs:
            expect(not torch.equal(x, y), "target-is-input", f"{reading}, y is the same as x")
            wrong = y != x + 1
            row = int(wrong.any(dim=1).int().argmax())
            text = f"{reading}: x at positions {x[row].tolist()}, y at {y[row].tolist()}"
            expect(not wrong[:, :-1].any(), "wrong-target", text)
            expect(not wrong[:, -1].any(), "wrong-last-target", text)


@check.property("row r of the next batch goes on where row r ended")
def rows_continue(batches_in_order: Any, case: Case) -> None:
    found = readings(batches_in_order, case, many=True)
    text = "no stream with several rows gives a second batch"
    expect(any(len(r.batches) > 1 < r.B for r in found), "too-few-batches", text)
    for reading in found:
        for (before, _), (after, _) in itertools.pairwise(reading.batches):
            gaps = after[:, 0] != before[:, -1] + 1
            row = int(gaps.int().argmax())
            text = f"{reading}, row {row} ends at position {before[row, -1]} "
            text += f"and goes on at {after[row, 0]} in the next batch"
            expect(not gaps.any(), "rows-do-not-continue", text)


@check.property("the rows of the first batch stand in the order of the stream, from token 0")
def first_batch(batches_in_order: Any, case: Case) -> None:
    for reading in readings(batches_in_order, case):
        starts = reading.batches[0][0][:, 0]
        text = f"{reading}, the rows of the first batch start at {starts.tolist()}"
        expect((starts.diff() > 0).all(), "rows-out-of-order", text)
        expect(starts[0] == 0, "not-from-the-start", text)


@check.property("each token is used at most once as an input")
def each_once(batches_in_order: Any, case: Case) -> None:
    for reading in readings(batches_in_order, case):
        used = torch.cat([x.flatten() for x, _ in reading.batches])
        places, times = used.unique(return_counts=True)
        text = f"{reading}, position {places[times.argmax()]} is an input {times.max()} times"
        expect(times.max() == 1, "token-twice", text)


@check.property("there are as many batches as fit, or one fewer; and none where none fits")
def nothing_wasted(batches_in_order: Any, case: Case) -> None:
    expect_enough(batches_in_order, case)
    expect_nothing_made_up(batches_in_order, *case.sizes(2, 2, 7))


@check.property("a batch keeps its values when the next ones are made, and ids stay as they are")
def own_values(batches_in_order: Any, case: Case) -> None:
    for N, B, T in readable(batches_in_order, case):
        expect_own_values(batches_in_order, N, B, T)


@check.property("the values come from ids, whatever stands there")
def values_from_ids(batches_in_order: Any, case: Case) -> None:
    for N, B, T in readable(batches_in_order, case):
        expect_values_of(batches_in_order, case, N, B, T)


@check.property("decode gives the words as one string, with single blanks between them")
def decoding(decode: Any, case: Case) -> None:
    for ids, vocab in texts_of_ids(case):
        expect_decoded(decode, ids, vocab)
