"""Real text: read files, cut them into words, and turn them into a stream of ids."""

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from jaxtyping import Int64
from torch import Tensor

from lmlib.arguments import check_sizes, check_strings, check_text, shown
from lmlib.vocab import Vocab

UNK = "<unk>"
END = "<eos>"  # stands where a line of text ends


def read_text(path: str | Path, pattern: str = "*.txt") -> str:
    """Return the text of a UTF-8 file, or of a folder's files that match `pattern`, by name.

    Raises FileNotFoundError if there is nothing, ValueError for text that is empty or no UTF-8.
    """
    check_text("pattern", pattern)
    if not str(path):
        raise ValueError("path is empty; name a file or a folder")
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"there is no file or folder {path}")
    files = sorted(f for f in path.rglob(pattern) if f.is_file()) if path.is_dir() else [path]
    if not files:
        raise FileNotFoundError(f"the folder {path} holds no file that matches {pattern!r}")
    text = "\n".join(map(_decoded, files))
    if not text.strip():
        raise ValueError(f"{path} holds no text")
    return text


def _decoded(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")  # without a byte order mark
    except UnicodeDecodeError as error:
        raise ValueError(f"{file} is not UTF-8 text ({error}); convert it first") from error


def tokenize(text: str) -> list[str]:
    """Cut text into lower-case words and single punctuation marks; a full line ends in <eos>.

    A word is letters, digits and underscores, with the accents and vowel signs on them; one
    apostrophe may stand inside. The apostrophe ’ is read as ', and Unicode is composed (NFC), so
    that one word has one spelling. `<unk>` in the text, as some corpora have it, is the unknown
    word; any other mark, also in `<eos>`, is a token of its own. Raises TypeError for no string.

    >>> tokenize("Don’t panic.")
    ["don't", 'panic', '.', '<eos>']
    """
    check_text("text", text)
    text = unicodedata.normalize("NFC", text.lower()).replace("’", "'")
    word = _word_pattern(text)
    lines = (word.findall(line) for line in text.splitlines())
    return [token for line in lines if line for token in [*line, END]]


def _word_pattern(text: str) -> re.Pattern[str]:
    r"""Return what a token looks like. Python's `\w` lacks the signs that combine with a letter."""
    signs = "".join(c for c in set(text) if unicodedata.category(c).startswith("M"))
    letter = rf"[\w{signs}]"
    return re.compile(rf"{UNK}|{letter}+(?:'{letter}+)?|[^\w\s]")


def numericalize(
    tokens: Sequence[str], min_freq: int = 1, vocab: Vocab | None = None
) -> tuple[Int64[Tensor, " n"], Vocab]:
    """Return the ids of the tokens and their vocabulary; words rarer than `min_freq` are <unk>.

    Validation text is read with the `vocab` of the training text. Raises TypeError unless the
    tokens are a list of strings, ValueError if there are none, or for `min_freq` beside a `vocab`,
    which has its words already; KeyError for an unknown word if the `vocab` has no unk.
    """
    check_sizes(min_freq=min_freq)
    tokens = check_strings("tokens", tokens)
    if not tokens:
        raise ValueError("there are no tokens; give text with at least one word")
    if vocab is None:
        vocab = Vocab.from_tokens(tokens, min_freq, unk=UNK)
    elif not isinstance(vocab, Vocab):
        raise TypeError(f"vocab is {shown(vocab)}; it must be a Vocab")
    elif min_freq > 1:
        raise ValueError(f"min_freq is {min_freq}, but the vocab is made already; give one of them")
    return vocab.encode(tokens), vocab


def load_text(
    path: str | Path, min_freq: int = 1, pattern: str = "*.txt"
) -> tuple[Int64[Tensor, " n"], Vocab]:
    """Read a UTF-8 file or folder as one stream of ids and its vocabulary.

    Raises what `read_text` and `numericalize` raise.
    """
    return numericalize(tokenize(read_text(path, pattern)), min_freq)
