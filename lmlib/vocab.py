"""A vocabulary: the two-way map between words and the integers a model reads."""

import operator
from collections import Counter
from collections.abc import Iterable, Sequence

import torch
from jaxtyping import Int64
from torch import Tensor

from lmlib.arguments import check_sizes, check_strings, check_text, shown


class Vocab:
    """Words and their ids: the id of a word is its place in `words`.

    With an `unk` word, words outside the vocabulary are read as `unk`; without one they raise.
    Raises TypeError unless the words are a list of strings, ValueError if there are none, if one
    occurs twice, or if `unk` is none of them.
    """

    def __init__(self, words: Sequence[str], unk: str | None = None) -> None:
        self.words = check_strings("words", words)
        self.unk = unk
        self._ids = {word: i for i, word in enumerate(self.words)}
        if not self.words:
            raise ValueError("a vocabulary needs at least one word, got none")
        if len(self._ids) != len(self.words):
            twice = next(w for w, n in Counter(self.words).items() if n > 1)
            raise ValueError(f"each word may occur once, got {twice!r} more than once")
        if unk is not None and unk not in self._ids:
            raise ValueError(f"unk is {unk!r}, which is not one of the words; add it to them")

    @classmethod
    def from_tokens(
        cls, tokens: Iterable[str], min_freq: int = 1, unk: str | None = None
    ) -> "Vocab":
        """Collect the words that occur at least `min_freq` times, in order of first appearance.

        `unk`, if given, gets id 0. Raises TypeError unless the tokens are a list of strings,
        ValueError if there are none, or if `min_freq` > 1 without an `unk`: the rare words of the
        text would then have no id.
        """
        check_sizes(min_freq=min_freq)
        if unk is not None:
            check_text("unk", unk)
        elif min_freq > 1:
            raise ValueError(f'min_freq is {min_freq}, so rare words need an unk, e.g. "<unk>"')
        counts = Counter(check_strings("tokens", tokens))  # in order of first appearance
        words = [word for word, n in counts.items() if n >= min_freq and word != unk]
        return cls(words if unk is None else [unk, *words], unk)

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        return f"Vocab({len(self)} words: {' '.join(self.words[:5])} …)"

    def encode(self, tokens: Iterable[str]) -> Int64[Tensor, " n"]:
        """Return the ids of the tokens.

        Raises TypeError unless they are a list of strings, KeyError for an unknown word if `unk`
        is None.
        """
        tokens = check_strings("tokens", tokens)
        if self.unk is None:
            try:
                return torch.tensor([self._ids[token] for token in tokens], dtype=torch.int64)
            except KeyError as error:
                raise KeyError(
                    f"unknown word {error.args[0]}: this vocabulary has {len(self)} others; "
                    'build it with unk="<unk>" to read unknown words'
                ) from None
        rest = self._ids[self.unk]
        return torch.tensor([self._ids.get(token, rest) for token in tokens], dtype=torch.int64)

    def decode(self, ids: Iterable[int] | Tensor) -> str:
        """Return the words of the ids, of any shape, separated by single blanks.

        Raises TypeError for what are no whole numbers, IndexError for one without a word.
        """
        try:
            flat = ids.reshape(-1).tolist() if isinstance(ids, Tensor) else ids
            numbers = [operator.index(i) for i in flat]
        except TypeError:
            raise TypeError(
                f"ids are {shown(ids)}; they must be whole numbers, in a list or a tensor"
            ) from None
        for i in numbers:
            if not 0 <= i < len(self):
                raise IndexError(
                    f"id {i} has no word; this vocabulary has ids 0 to {len(self) - 1}"
                )
        return " ".join(self.words[i] for i in numbers)
