"""Real text: read files, cut them into words, and turn them into a stream of ids."""

import re
from collections.abc import Sequence
from pathlib import Path

from jaxtyping import Int64
from torch import Tensor

from lmlib.vocab import Vocab

UNK = "<unk>"
END = "<eos>"  # stands where a line of text ends
WORD = re.compile(r"\w+(?:'\w+)?|[^\w\s]")


def read_text(path: str | Path, pattern: str = "*.txt") -> str:
    """Return the text of a UTF-8 file, or of a folder's files that match `pattern`, by name.

    Raises FileNotFoundError if there is nothing, ValueError for text that is empty or no UTF-8.
    """
    path = Path(path)
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

    >>> tokenize("Don't panic.")
    ["don't", 'panic', '.', '<eos>']
    """
    lines = (WORD.findall(line.lower()) for line in text.splitlines())
    return [token for line in lines if line for token in [*line, END]]


def numericalize(
    tokens: Sequence[str], min_freq: int = 1, vocab: Vocab | None = None
) -> tuple[Int64[Tensor, " n"], Vocab]:
    """Return the ids of the tokens and their vocabulary; words rarer than `min_freq` are <unk>.

    Validation text is read with the `vocab` of the training text.
    """
    vocab = vocab or Vocab.from_tokens(tokens, min_freq, unk=UNK)
    return vocab.encode(tokens), vocab


def load_text(
    path: str | Path, min_freq: int = 1, pattern: str = "*.txt"
) -> tuple[Int64[Tensor, " n"], Vocab]:
    """Read a UTF-8 file or folder as one stream of ids and its vocabulary."""
    return numericalize(tokenize(read_text(path, pattern)), min_freq)
