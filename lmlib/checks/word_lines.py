"""Words, lines of them, and ids to be read as words."""

from collections.abc import Iterator

import torch
from torch import Tensor

from lmlib.checks.case import Case

WORDS = ("ha", "Bel", "cor", "dun", "eli", "Fo", "gar", "hop", "ix", "jul", "kay", "Lot", "mir")
# Blanks alone part words: neither signs nor digits say where one ends.
ODD_WORDS = ("don't", "e.g.", "no-one", "7", "a,b", "Lot.", ".5", "(ix)", "bel", "HA")


def some_lines(case: Case) -> list[str]:
    """Lines of one to four words, unsorted, with repetitions inside and between lines."""
    lines = [" ".join(case.pick(WORDS, length)) for length in (3, *case.sizes(3, 1, 4), 2)]
    return [*lines, f"{WORDS[0]} {WORDS[0]}", lines[0]]


def many_lines(case: Case) -> list[str]:
    """Hundreds of different words, each in two lines, and lines of all lengths."""
    numbers = [f"{start}{end}" for start in WORDS + ODD_WORDS for end in range(16)]
    words = case.pick(numbers, len(numbers)) + case.pick(numbers, len(numbers))
    lines = []
    while words:
        length = case.sizes(1, 1, 40)[0]
        lines.append(" ".join(words[:length]))
        words = words[length:]
    lines.append(f"{WORDS[0]} . {WORDS[1]}")  # a token that looks like a separator
    # With nothing before or after them; the last one ends in a "." of its own.
    return [*lines, *case.pick(ODD_WORDS, len(ODD_WORDS)), "e.g."]


def texts_of_ids(case: Case) -> Iterator[tuple[Tensor, list[str]]]:
    """Ids and their vocabulary: few words and many, single ones, and words said over and over."""
    vocab = [*case.pick(WORDS, 9), "."]
    ids = case.integers(0, len(vocab), 14)
    yield from ((ids, vocab), (ids, vocab[::-1]), (ids[::2], vocab), (ids[:1], vocab))
    for some in ([0, 9, 1], [9, 0, 9], [9, 9, 0, 0, 0], [9], [0]):
        yield torch.tensor(some), vocab
    yield torch.arange(len(WORDS)), list(WORDS)  # small letters first, and some capitals
    odd = [*case.pick(ODD_WORDS, 8), ",", "!"]  # as many words as before
    yield torch.tensor(case.pick(range(10), 10)), odd
    vocab = [f"{word}{number}" for number in range(30) for word in WORDS]
    every = range(len(vocab))  # each word twice, in any order
    yield torch.tensor(case.pick(every, len(every)) + case.pick(every, len(every))), vocab
