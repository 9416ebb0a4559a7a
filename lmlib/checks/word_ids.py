"""What the ids that a student made of words say, and the words made of ids."""

import contextlib
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from lmlib.checks.expect import expect, expect_tensor
from lmlib.checks.symptom import Symptom


def tokens_of(numericalize: Any, lines: Sequence[str]) -> list[str]:
    """What the student's ids say when they are looked up in the student's vocabulary."""
    ids, vocab = ids_in(numericalize(list(lines)))
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
    expect(ids.numel(), "no-ids", "ids is empty, although the lines hold words")
    expect_tensor(ids, [ids.numel()], torch.int64, "ids")
    text = f"the vocabulary is {type(vocab).__name__}; a list of words was expected"
    expect(isinstance(vocab, list), "vocab-not-a-list", text)
    strange = [word for word in vocab if not isinstance(word, str)]
    expect(not strange, "vocab-not-words", f"the vocabulary holds {strange[:3]}: not words")
    return ids, vocab


def ids_in(result: Any) -> tuple[Tensor, list[str]]:
    """Ids and words of a result of another form, which one property judges."""
    if isinstance(result, tuple | list) and len(result) >= 2:
        ids, vocab, *_ = result
        if isinstance(vocab, Tensor) or (len(ids) and isinstance(next(iter(ids)), str)):
            ids, vocab = vocab, ids
        with contextlib.suppress(Exception):
            ids = torch.as_tensor(ids).long().flatten()
        vocab = vocab if isinstance(vocab, str | list) else list(vocab)
        result = ids, vocab
    return expect_ids(result)


def shared_tokens(numericalize: Any, lines: Sequence[str]) -> Callable[[list[str]], list[str]]:
    """Which tokens to compare: all, or no "." where these stand in the wrong places anyway."""
    try:
        expect_separators(tokens_of(numericalize, lines), lines)
    except Symptom:
        return lambda tokens: [token for token in tokens if token != "."]
    return list


def expect_separators(found: list[str], lines: Sequence[str]) -> None:
    """Demand one token "." for each end of a line but the last, none of them outside.

    Where the ids only mix the words up, the separators stand right under another word's name.
    """
    if same_words_renamed(found, " . ".join(lines).split()):
        return
    outside = "." in (found[0], found[-1])
    expect(not outside, "separator-outside", "the stream begins or ends with a separator")
    count, wanted = found.count("."), len(lines) - 1
    some = f"{len(lines)} lines{', two of them empty,' * ('' in lines)}"
    text = f'{some} give {count} tokens "."; {wanted} were expected'
    expect(count == wanted, "separator-count", text)


def same_words_renamed(found: list[str], wanted: list[str]) -> bool:
    """Whether each word stands wherever one and the same other word is wanted."""
    names = set(zip(found, wanted, strict=False))
    same_words = set(found) == set(wanted) and len(found) == len(wanted)
    return same_words and len(names) == len(set(wanted))


def expect_words(found: list[str], wanted: list[str]) -> None:
    """Demand these tokens, and name the first that is another one."""
    ends = [token for token in found if token.strip() not in ("", token)]
    expect(not ends, "line-ends", f"a token is {ends[:1]}: the line's end is still on it")
    for at, (token, word) in enumerate(zip(found, wanted, strict=False)):
        text = f"the id of token {at} says {token!r} in the vocabulary; {word!r} was expected"
        expect(token == word, "wrong-words", text)
    text = f"there are {len(found)} tokens; {len(wanted)} were expected"
    expect(len(found) == len(wanted), "wrong-count", text)


def expect_lines_kept(numericalize: Any, lines: list[str], others: list[str]) -> None:
    """Demand that a call changes neither its list of lines nor any other call's result."""
    given = list(lines)
    ids, vocab = ids_in(numericalize(given))
    before = ids.clone(), list(vocab)
    text = f"the list of {len(lines)} lines that was passed in holds something else after the call"
    expect(given == lines, "lines-changed", text)
    numericalize(list(others))
    text = "the first text's ids or vocabulary hold something else after a call for another text"
    expect(torch.equal(ids, before[0]) and vocab == before[1], "result-changed", text)
    ids.zero_()
    vocab.clear()
    again, vocab = ids_in(numericalize(list(lines)))
    text = "the same lines give another result after a call for another text, and once the first "
    text += "result was overwritten"
    expect(torch.equal(again, before[0]) and vocab == before[1], "not-repeatable", text)


def expect_vocabulary(found: list[str], wanted: list[str]) -> None:
    """Demand these words in this order, each once."""
    twice = sorted({word for word in found if found.count(word) > 1})
    expect(not twice, "vocab-twice", f"the vocabulary holds {twice[:3]} more than once")
    extra = sorted(set(found) ^ set(wanted))
    expect(not extra, "vocab-words", f"the vocabulary and the text differ in {extra[:3]}")
    text = f"the text begins with {wanted[:4]}, the vocabulary with {found[:4]}"
    expect(found == wanted, "vocab-order", text)


def expect_decoded(decode: Any, ids: Tensor, vocab: list[str]) -> None:
    """Demand the words of these ids between single blanks; ids and vocab stay as they are."""
    wanted = " ".join(vocab[id] for id in ids.tolist())
    given_ids, given_vocab = ids.clone(), list(vocab)
    text = decode(given_ids, given_vocab)
    kind = f"decode returns {type(text).__name__}, not str"
    expect(isinstance(text, str), "not-a-string", kind)
    same = torch.equal(given_ids, ids) and given_vocab == vocab
    expect(same, "decode-changes-input", "ids or vocab hold something else after the call")
    expect(text == text.strip(), "outer-blanks", f"there is a blank before or after {text[:60]!r}")
    good = text == wanted or text.split() != wanted.split()
    expect(good, "wrong-blanks", f"{text[:60]!r}: not single blanks between words")
    shown = f"ids {ids.tolist()[:12]} became {text[:60]!r}, not {wanted[:60]!r}"
    expect(text == wanted, "wrong-text", shown)
