"""Properties of a data pipeline: words to ids, a stream to batches in order, and back."""

import itertools
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.case import Case
from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.streams import read, readings, same_batches, situations
from lmlib.checks.suite import Suite

check = Suite("data_batches", "numericalize", "batches_in_order", "decode")
WORDS = ("ha", "Bel", "cor", "dun", "eli", "Fo", "gar", "hop", "ix", "jul", "kay", "Lot", "mir")


def some_lines(case: Case) -> list[str]:
    """Lines of one to four words, unsorted, with repetitions inside and between lines."""
    lines = [" ".join(case.pick(WORDS, length)) for length in (3, *case.sizes(3, 1, 4), 2)]
    return [*lines, lines[0], f"{WORDS[0]} {WORDS[0]}"]


def tokens_of(numericalize: Any, lines: Sequence[str]) -> list[str]:
    """What the student's ids say when they are looked up in the student's vocabulary."""
    ids, vocab = expect_ids(numericalize(list(lines)))
    inside = bool(((ids >= 0) & (ids < len(vocab))).all())
    text = f"the ids run from {ids.min()} to {ids.max()}, but the vocabulary has {len(vocab)} words"
    expect(inside, "ids-outside", text)
    return [vocab[id] for id in ids.tolist()]


def expect_ids(result: Any) -> tuple[Tensor, list[str]]:
    """Demand a pair of an int64 tensor [N] and a list of words."""
    pair = isinstance(result, tuple | list) and len(result) == 2
    expect(pair, "not-a-pair", "numericalize does not return two things, ids and vocabulary")
    ids, vocab = result
    expect(not isinstance(vocab, Tensor), "swapped", "the vocabulary comes first, the ids second")
    expect(isinstance(ids, Tensor), "not-a-tensor", f"ids is {type(ids).__name__}, not a tensor")
    expect_tensor(ids, [ids.numel()], torch.int64, "ids")
    text = f"the vocabulary is {type(vocab).__name__}; a list of words was expected"
    expect(isinstance(vocab, list), "vocab-not-a-list", text)
    strange = [word for word in vocab if not isinstance(word, str)]
    expect(not strange, "vocab-not-words", f"the vocabulary holds {strange[:3]}: not words")
    return ids, vocab


@check.property("numericalize returns an int64 tensor of ids and a list of words")
def id_types(numericalize: Any, case: Case) -> None:
    expect_ids(numericalize(some_lines(case)))
    expect_ids(numericalize([case.pick(WORDS, 1)[0]]))


@check.property('a "." stands between two lines, and nowhere else')
def separator(numericalize: Any, case: Case) -> None:
    for lines in (some_lines(case), case.pick(WORDS, 4), case.pick(WORDS, 1)):
        found = tokens_of(numericalize, lines)
        count, wanted = found.count("."), len(lines) - 1
        outside = bool(found) and "." in (found[0], found[-1])
        expect(not outside, "separator-outside", "the stream begins or ends with a separator")
        text = f'{len(lines)} lines give {count} tokens "."; {wanted} were expected'
        expect(count == wanted, "separator-count", text)


@check.property("the tokens are the words of the lines, in their order, without line ends")
def words(numericalize: Any, case: Case) -> None:
    lines = some_lines(case)
    wanted = " . ".join(lines).split()
    expect_words(tokens_of(numericalize, lines), wanted)
    for form in ("{}\n", "  {} \n"):
        expect_words(tokens_of(numericalize, [form.format(line) for line in lines]), wanted)


def expect_words(found: list[str], wanted: list[str]) -> None:
    ends = [token for token in found if token.strip() not in ("", token)]
    expect(not ends, "line-ends", f"a token is {ends[:1]}: the line's end is still on it")
    for at, (token, word) in enumerate(zip(found, wanted, strict=False)):
        expect(token == word, "wrong-words", f"token {at} is {token!r}; {word!r} was expected")
    text = f"there are {len(found)} tokens; {len(wanted)} were expected"
    expect(len(found) == len(wanted), "wrong-count", text)


@check.property("the vocabulary lists each token once, in the order of first appearance")
def vocabulary(numericalize: Any, case: Case) -> None:
    lines = some_lines(case)
    _, vocab = expect_ids(numericalize(lines))
    twice = sorted({word for word in vocab if vocab.count(word) > 1})
    expect(not twice, "vocab-twice", f"the vocabulary holds {twice[:3]} more than once")
    wanted = list(dict.fromkeys(" . ".join(lines).split()))
    extra = sorted(set(vocab) ^ set(wanted))
    expect(not extra, "vocab-words", f"the vocabulary and the text differ in {extra[:3]}")
    text = f"the text begins with {wanted[:4]}, the vocabulary with {vocab[:4]}"
    expect(vocab == wanted, "vocab-order", text)


@check.property("every batch is a pair (x, y) of full int64 tensors [B, T]")
def batch_shapes(batches_in_order: Any, case: Case) -> None:
    readings(batches_in_order, case)


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
    for reading in readings(batches_in_order, case):
        for x, y in reading.batches:
            expect(not torch.equal(x, y), "target-is-input", f"{reading}, y is the same as x")
            wrong = y != x + 1
            row = int(wrong.any(dim=1).int().argmax())
            text = f"{reading}: x at positions {x[row].tolist()}, y at {y[row].tolist()}"
            expect(not wrong[:, :-1].any(), "wrong-target", text)
            expect(not wrong[:, -1].any(), "wrong-last-target", text)


@check.property("row r of the next batch goes on where row r ended")
def rows_continue(batches_in_order: Any, case: Case) -> None:
    for reading in readings(batches_in_order, case):
        for (before, _), (after, _) in itertools.pairwise(reading.batches):
            gaps = after[:, 0] != before[:, -1] + 1
            row = int(gaps.int().argmax())
            text = (
                f"{reading}, row {row} ends at position {before[row, -1]} "
                f"and goes on at {after[row, 0]} in the next batch"
            )
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
        used = torch.cat([x.flatten() for x, _ in reading.batches]).bincount()
        text = f"{reading}, position {used.argmax()} is an input {used.max()} times"
        expect(used.max() == 1, "token-twice", text)


@check.property("not more of the stream is left over than full rows demand")
def nothing_wasted(batches_in_order: Any, case: Case) -> None:
    for reading in readings(batches_in_order, case):
        possible, made = (reading.N - 1) // (reading.B * reading.T), len(reading.batches)
        text = f"{reading} there are {made} batches; {possible} would fit"
        expect(made >= possible - 1, "too-few-batches", text)


@check.property("a batch keeps its values when the next ones are made, and ids stay as they are")
def own_values(batches_in_order: Any, case: Case) -> None:
    for N, B, T in situations(case):
        ids = torch.arange(N)
        kept = list(batches_in_order(ids, B, T))  # not copied, unlike in `read`
        text = "the ids that were passed in hold other values after the call"
        expect(torch.equal(ids, torch.arange(N)), "ids-changed", text)
        text = "an earlier batch holds other values once the later ones were made"
        expect(same_batches(kept, read(batches_in_order, ids, B, T)), "buffer-reused", text)


@check.property("the values come from ids, whatever stands there")
def values_from_ids(batches_in_order: Any, case: Case) -> None:
    for N, B, T in situations(case):
        ids = case.integers(0, 1000, N)
        places = read(batches_in_order, torch.arange(N), B, T)
        text = f"with other ids in the same {N} places, x and y do not follow them"
        wanted = [(ids[x % N], ids[y % N]) for x, y in places]
        expect(same_batches(read(batches_in_order, ids, B, T), wanted), "ignores-ids", text)


@check.property("decode gives the words as one string, with single blanks between them")
def decoding(decode: Any, case: Case) -> None:
    vocab = [*case.pick(WORDS, 9), "."]
    ids = case.integers(0, len(vocab), 14)
    for part in (ids, ids[::2], ids[:1], torch.tensor([0, 9, 1]), torch.tensor([9, 0, 9])):
        wanted = " ".join(vocab[id] for id in part.tolist())
        text = decode(part.clone(), list(vocab))
        expect(
            isinstance(text, str), "not-a-string", f"decode returns {type(text).__name__}, not str"
        )
        expect(text == text.strip(), "outer-blanks", f"there is a blank before or after {text!r}")
        blanks = text.split() == wanted.split()
        expect(
            text == wanted or not blanks,
            "wrong-blanks",
            f"{text!r}: not single blanks between words",
        )
        expect(text == wanted, "wrong-text", f"ids {part.tolist()} became {text!r}, not {wanted!r}")
