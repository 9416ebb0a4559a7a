"""Properties of a data pipeline: words to ids, a stream to batches in order, and back.

A stream of the ids 0, 1, 2, … shows everything: each value says where in the stream it stands.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from lmlib.checks import Case, Suite, beside, expect, expect_tensor, kit, probe
from lmlib.checks.beside import values

check = Suite("data_batches", "numericalize", "batches_in_order", "decode")

# Blanks alone part words: neither signs nor digits say where one ends.
WORDS = ("ha", "Bel", "cor", "dun", "eli", "HA", "gar", "hop", "e.g.", "no-one", "7", "a,b", "Lot.")
MANY_WORDS = [f"{word}{number}" for word in WORDS for number in range(25)]


def texts(case: Case) -> list[list[str]]:
    """A few lines, with repetitions; one word; hundreds of lines and words."""
    few, many = (case.pick(some, len(some)) for some in (WORDS, MANY_WORDS))
    lines = [" ".join(few[:3]), few[3], " ".join(few[4:9]), " ".join(few[9:])]
    long = [" ".join(many[start : start + 30]) for start in range(0, len(many), 30)]
    return [
        [*lines, f"{WORDS[0]} {WORDS[0]}", lines[0], f"{WORDS[2]} Lot."],
        few[:1],
        [*long, f"{WORDS[1]} . {WORDS[2]}"] * 20 + [*lines, "e.g."],
    ]


def tokens_in(lines: list[str]) -> list[str]:
    return " . ".join(line.strip() for line in lines).split()


def read_result(result: Any) -> tuple[list[str], list[str]]:
    """The tokens and the vocabulary that a result stands for, also of a type that isn't asked."""
    pair = isinstance(result, tuple | list) and len(result) >= 2
    expect(pair, "not-a-pair", "numericalize does not return two things, ids and vocabulary")
    ids, vocab = result[1::-1] if isinstance(result[1], Tensor) else result[:2]
    places, vocab = torch.as_tensor(ids).flatten().long().tolist(), list(vocab)
    expect(places, "no-ids", "ids is empty, although the lines hold words")
    text = f"the ids run from {min(places)} to {max(places)}, "
    text += f"but the vocabulary has {len(vocab)} words"
    expect(all(0 <= place < len(vocab) for place in places), "ids-outside", text)
    return [vocab[place] for place in places], vocab


@check.property("numericalize returns an int64 tensor of ids and a list of words")
def id_types(numericalize: Any, case: Case) -> None:
    for lines in texts(case)[::2]:
        result = numericalize(list(lines))
        text = "numericalize does not return two things, ids and vocabulary"
        ids, vocab = kit.expect_parts(result, 2, "not-a-pair", text)
        text = "the vocabulary comes first, the ids second"
        expect(not isinstance(vocab, Tensor), "swapped", text)
        size = ids.numel() if isinstance(ids, Tensor) else 0
        expect_tensor(ids, [size], torch.int64, "ids")
        text = f"the vocabulary is {type(vocab).__name__}; a list of words was expected"
        expect(isinstance(vocab, list), "vocab-not-a-list", text)


@check.property("the ids stand for the words of the lines, in their order, without line ends")
def words(numericalize: Any, case: Case) -> None:
    for plain in texts(case):
        for lines in (plain, [f"  {line} \n" for line in plain]):
            tokens, _ = read_result(numericalize(list(lines)))
            found = [token for token in tokens if token not in (".", "")]
            wanted = [token for token in tokens_in(lines) if token != "."]
            for number, (token, word) in enumerate(zip(found, wanted, strict=False), start=1):
                text = f"word {number} of the text is {word!r}; its id says {token!r}"
                expect("\n" not in str(token), "line-ends", f"{text}, with the line's end")
                expect(token == word, "wrong-words", text)
            text = f"the text has {len(wanted)} words; the ids stand for {len(found)}"
            expect(len(found) == len(wanted), "wrong-count", text)


@check.property('a "." stands between two lines, and nowhere else')
def separator(numericalize: Any, case: Case) -> None:
    first, last = case.pick(WORDS, 2)
    for lines in (*texts(case), [first, "", "\n", last]):
        tokens, _ = read_result(numericalize(list(lines)))
        found, wanted = ([t == "." for t in some if t] for some in (tokens, tokens_in(lines)))
        text = 'a "." stands before the first line, or after the last'
        expect(not (found[0] or found[-1]), "separator-outside", text)
        text = f"{len(lines)} lines{', two of them empty,' if '' in lines else ''} give "
        text += f'{sum(found)} tokens "."; {sum(wanted)} were expected'
        expect(sum(found) == sum(wanted), "separator-count", text)


@check.property("the vocabulary lists each token once, in the order of first appearance")
def vocabulary(numericalize: Any, case: Case) -> None:
    for lines in texts(case):
        _, found = read_result(numericalize(list(lines)))
        wanted = list(dict.fromkeys(tokens_in(lines)))
        if "." not in found:  # which `separator` judges
            wanted = [word for word in wanted if word != "."]
        for word in found:
            expect(found.count(word) == 1, "vocab-twice", f"the vocabulary holds {word!r} twice")
            text = f"the vocabulary holds {word!r}, which does not stand in the text"
            expect(word in wanted, "vocab-words", text)
        for word in wanted:
            expect(word in found, "vocab-words", f"the vocabulary lacks {word!r}")
        text = f"the text begins with {wanted[:4]}, the vocabulary with {found[:4]}"
        expect(found == wanted, "vocab-order", text)


@probe
def two_texts(numericalize: Any, lines: list[str], others: list[str]) -> dict[str, Any]:
    """What a call returns, and what its lines and its result are after a call for another text."""
    result = numericalize(lines)
    first = values(result)
    numericalize(others)
    return {"lines": lines, "first": first, "later": result}


@check.property("the list of lines is left as it was, and another text changes nothing later")
def lines_kept(numericalize: Any, case: Case) -> None:
    few, _, many = texts(case)
    lines = [f" {line}\n" for line in few]
    seen = beside(two_texts, numericalize, lines, many)
    text = "the list of lines that was passed in is not as it was before the call"
    expect(seen["lines"] == lines, "lines-changed", text)
    text = "the ids or the vocabulary of a text change with a call for another text"
    same = read_result(seen["first"]) == read_result(seen["later"])
    expect(same, "result-changed", text)


def sizes(case: Case) -> list[tuple[int, int, int]]:
    """(N, B, T): exact, one short, a rest; a single row, a single step; many batches and rows."""
    B, T = case.sizes(2, 2, 7)
    k, rest = case.pick(range(3, 6), 1)[0], case.pick(range(2, B * T), 1)[0]
    some = [(B * T * k + 1, B, T), (B * T * k, B, T), (B * T * k + rest, B, T)]
    lone = [(T * k + 2, 1, T), (B * k + 3, B, 1)]
    return [*some, *lone, (2 * 3 * 120 + 2, 2, 3), (64 * 16 * 5 + 9, 64, 16)]


@probe
def read(batches_in_order: Any, ids: Tensor, B: int, T: int) -> dict[str, Any]:
    """The batches (but not for ever) as they come, and the same ones and the ids at the end."""
    handed, batches = [], []
    for batch in islice(batches_in_order(ids, B, T), 2 * len(ids) // (B * T)):
        handed.append(batch)
        batches.append(values(batch))
    return {"batches": batches, "later": handed, "ids": ids}


def parts(batch: Any) -> Any:
    return kit.expect_parts(batch, 2, "batch-not-a-pair", "iterating does not give pairs (x, y)")


def full(batches: list[Any], B: int, T: int) -> tuple[Tensor, Tensor]:
    """All full x and y, each as one tensor [batches, B, T], also if they have other axes."""
    found = []
    for batch in batches:
        pair = [*map(torch.as_tensor, parts(batch))]
        pair = [p.t() if p.shape == (T, B) != (B, T) else p for p in pair]
        if all(p.numel() == B * T for p in pair):
            found.append(torch.stack([p.reshape(B, T).long() for p in pair]))
    expect(found, "no-batches", f"there is no full batch for batch_size {B} and seq_len {T}")
    x, y = torch.stack(found, dim=1)
    return x, y


def readings(batches_in_order: Any, case: Case) -> Iterator[tuple[str, int, Tensor, Tensor]]:
    """For some sizes: what they are, how many batches fit, and x and y [batches, B, T]."""
    for N, B, T in sizes(case):
        x, y = full(beside(read, batches_in_order, torch.arange(N), B, T)["batches"], B, T)
        yield f"{N} ids in {B} rows of {T}", (N - 1) // (B * T), x, y


@check.property("every batch is a pair (x, y) of full int64 tensors [B, T]")
def batch_shapes(batches_in_order: Any, case: Case) -> None:
    for N, B, T in sizes(case):
        where = f"{N} ids in {B} rows of {T}"
        batches = beside(read, batches_in_order, torch.arange(N), B, T)["batches"]
        expect(batches, "no-batches", f"{where}: there is no batch")
        for number, batch in enumerate(batches, start=1):
            for name, part in zip("xy", parts(batch), strict=True):
                expect_tensor(part, [B, T], torch.int64, f"{where}: {name} of batch {number}")


@check.property("y is the next word of x, also at the end of a row")
def next_word(batches_in_order: Any, case: Case) -> None:
    for where, _, x, y in readings(batches_in_order, case):
        expect(not torch.equal(x, y), "target-is-input", f"{where}: y is the same as x")
        wrong = y != x + 1
        rows = (part[wrong.any(dim=2)][:1].flatten().tolist()[-8:] for part in (x, y))
        text = f"{where}: x ends with words {next(rows)}, y with words {next(rows)}"
        expect(not wrong[..., :-1].any(), "wrong-target", text)
        expect(not wrong.any(), "wrong-last-target", text)


@check.property("a row of x holds words in a row; row 0 begins with word 0, row 1 stands later")
def inside_a_row(batches_in_order: Any, case: Case) -> None:
    for where, _, x, _ in readings(batches_in_order, case):
        gaps = (x.diff(dim=2) != 1).any(dim=2)
        row = x[gaps][:1].flatten().tolist()
        text = f"{where}: a row of x holds words {row[:12]} of the stream"
        expect(not gaps.any(), "row-has-gaps", text)
        starts = x[0, :, 0]
        text = f"{where}: the rows of the first batch begin with words {starts.tolist()[:12]}"
        expect((starts.diff() > 0).all(), "rows-out-of-order", text)
        expect(starts[0] == 0, "not-from-the-start", text)


@check.property("row r of the next batch goes on where row r ended")
def rows_continue(batches_in_order: Any, case: Case) -> None:
    most = 0
    for where, _, x, _ in readings(batches_in_order, case):
        before, after = x[:-1, :, -1], x[1:, :, 0]
        gaps = (after != before + 1).nonzero().tolist()
        if gaps:
            batch, row = gaps[0]
            text = f"{where}: row {row} ends with word {before[batch, row]} of the stream "
            text += f"and goes on with word {after[batch, row]} in the next batch"
            expect(False, "rows-do-not-continue", text)
        most = max(most, len(x) if x.shape[1] > 1 else 0)
    expect(most > 1, "too-few-batches", "no stream with several rows gives a second batch")


@check.property("each word is in x at most once, and no more than one batch is lost")
def nothing_wasted(batches_in_order: Any, case: Case) -> None:
    for where, fit, x, _ in readings(batches_in_order, case):
        places, times = x.unique(return_counts=True)
        text = f"{where}: word {places[times.argmax()]} of the stream is {times.max()} times in x"
        expect(times.max() == 1, "token-twice", text)
        text = f"{where}: {len(x)} batch(es) are made; {fit} would fit"
        expect(len(x) >= fit - 1, "too-few-batches", text)


@check.property("x and y hold what stands in ids, also later; ids stays as it is")
def values_from_ids(batches_in_order: Any, case: Case) -> None:
    for N, B, T in sizes(case):
        places = full(beside(read, batches_in_order, torch.arange(N), B, T)["batches"], B, T)
        for ids in (case.integers(0, 2**50, N), case.integers(0, 3, N)):  # any, and repeated ones
            seen = beside(read, batches_in_order, ids, B, T)
            wanted = [ids[place % N] for place in places]
            text = "with other ids in the same places, x and y do not hold these"
            same = all(map(torch.equal, full(seen["batches"], B, T), wanted))
            expect(same, "ignores-ids", text)
            text = "an earlier batch holds other values once the later ones were made"
            same = all(map(torch.equal, full(seen["later"], B, T), wanted))
            expect(same, "buffer-reused", text)
            text = "the ids that were passed in are not as they were before"
            expect(torch.equal(seen["ids"], ids), "ids-changed", text)


@check.property("decode gives the words as one string, with single blanks between them")
def decoding(decode: Any, case: Case) -> None:
    few = [*case.pick(WORDS, 9), "."]
    for vocab in (few, few[::-1], MANY_WORDS):
        some = case.integers(0, len(vocab), 2 * len(vocab))
        for ids in (some, torch.tensor([0]), torch.tensor([9, 9, 0, 9])):
            wanted = " ".join(vocab[id] for id in ids.tolist())
            text = decode(ids, vocab)
            kind = type(text).__name__
            expect(isinstance(text, str), "not-a-string", f"decode returns {kind}, not str")
            shown = f"ids {ids.tolist()[:8]} become {text[:60]!r}"
            expect(text == text.strip(), "outer-blanks", f"{shown}: a blank before or after it")
            same = text.split() == wanted.split()
            expect(text == wanted or not same, "wrong-blanks", f"{shown}: not single blanks")
            expect(text == wanted, "wrong-text", f"{shown}, not {wanted[:60]!r}")
