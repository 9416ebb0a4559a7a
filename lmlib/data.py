"""From lines of text to batches: one stream, windows, and lanes that keep the text's order."""

from collections.abc import Iterable

from jaxtyping import Int64, Shaped
from torch import Tensor

from lmlib.arguments import (
    check_ids,
    check_number,
    check_shape,
    check_sizes,
    check_strings,
    check_tensor,
    check_text,
)

Batch = tuple[Tensor, Tensor]  # inputs and targets of one step


def join_lines(lines: Iterable[str], separator: str = ".") -> list[str]:
    """Join lines to one stream of words, with `separator` between two lines (not at the end).

    Blank lines are left out. Raises TypeError unless the lines are a list of strings, ValueError
    if no word is left.
    """
    check_text("separator", separator)
    lines = check_strings("lines", lines, hint="text.splitlines()")
    tokens = f" {separator} ".join(line for line in lines if line.strip()).split()
    if not tokens:
        raise ValueError("the lines hold no words; nothing can be learned from an empty text")
    return tokens


def word_windows(
    ids: Int64[Tensor, " n"], seq_len: int = 3
) -> tuple[Int64[Tensor, "windows seq"], Int64[Tensor, " windows"]]:
    """Cut the stream every `seq_len` words: x holds the words, y the one word that follows them.

    Raises what `chunks` raises.
    """
    x, y = chunks(ids, seq_len)
    return x, y[:, -1]


def chunks(
    ids: Int64[Tensor, " n"], seq_len: int
) -> tuple[Int64[Tensor, "chunks seq"], Int64[Tensor, "chunks seq"]]:
    """Cut the stream into rows of `seq_len` words; y is x moved on by one word.

    There are ⌊(N − 1) / seq_len⌋ rows: the last word of the stream can only be a target. Raises
    TypeError unless the ids are int64 and `seq_len` a whole number, ValueError if the stream has
    another shape, an id below 0, or too few words for one row.
    """
    check_stream(ids)
    check_sizes(seq_len=seq_len)
    rows = (len(ids) - 1) // seq_len
    if rows < 1:
        raise ValueError(
            f"{len(ids)} words are too few for seq_len {seq_len}: {seq_len + 1} are needed"
        )
    end = rows * seq_len
    return ids[:end].view(rows, seq_len), ids[1 : end + 1].view(rows, seq_len)


def split_stream(
    ids: Int64[Tensor, " n"], seq_len: int = 1, fraction: float = 0.8
) -> tuple[Int64[Tensor, " train"], Int64[Tensor, " valid"]]:
    """Cut the stream in two, in order and between two chunks of `seq_len` words.

    The training part ends with the word that its last chunk has to predict, so the two parts
    share that one word. An ordered cut is the honest one: validation text follows training text.
    Raises ValueError unless 0 < fraction < 1 and both parts get a chunk; else what `chunks` raises.
    """
    check_number("fraction", fraction, above=0, below=1)
    x, _ = chunks(ids, seq_len)
    cut = int(len(x) * fraction) * seq_len
    if cut == 0:
        raise ValueError(f"{fraction} of {len(x)} chunks is none; give more text or a shorter one")
    return ids[: cut + 1], ids[cut:]


def lanes(
    samples: Shaped[Tensor, "samples ..."], batch_size: int
) -> Shaped[Tensor, "batches batch ..."]:
    """Regroup consecutive samples so that row r of batch b + 1 continues row r of batch b.

    The samples fold into `batch_size` contiguous lanes, and batch b takes the b-th of each lane:
    14 samples in 4 lanes give 0 3 6 9 | 1 4 7 10 | 2 5 8 11. Samples that fill no batch are left
    out (12 and 13 here). Raises TypeError unless the samples are a tensor, ValueError if there
    are fewer of them than lanes.
    """
    check_sizes(batch_size=batch_size)
    check_samples("samples", samples)
    steps = len(samples) // batch_size
    if steps == 0:
        raise ValueError(
            f"batch_size {batch_size} is larger than the {len(samples)} samples of this text; "
            "use a smaller batch, shorter chunks or more text"
        )
    folded = samples[: steps * batch_size].unflatten(0, (batch_size, steps))
    return folded.transpose(0, 1).contiguous()


def lane_batches(ids: Int64[Tensor, " n"], batch_size: int, seq_len: int) -> list[Batch]:
    """Return the batches (x, y), each [batch_size, seq_len], that read the stream in lanes.

    y is x moved on by one word; every batch is full, so a kept state always fits. Raises what
    `chunks` and `lanes` raise.
    """
    x, y = chunks(ids, seq_len)
    return list(zip(lanes(x, batch_size), lanes(y, batch_size), strict=True))


def batches(x: Tensor, y: Tensor, batch_size: int, drop_last: bool = False) -> list[Batch]:
    """Cut samples into batches in the order they have; the last one may be smaller.

    Raises TypeError unless x and y are tensors, ValueError if they have not as many samples, if
    there are none, or if `drop_last` would leave no batch.
    """
    check_samples("x", x)
    check_samples("y", y)
    check_sizes(batch_size=batch_size)
    if len(x) != len(y) or len(x) == 0:
        raise ValueError(f"there are {len(x)} inputs and {len(y)} targets; give as many, not 0")
    if drop_last and batch_size > len(x):
        raise ValueError(f"batch_size is {batch_size}; allowed are 1 to {len(x)} (the samples)")
    pairs = list(zip(x.split(batch_size), y.split(batch_size), strict=True))
    return pairs[:-1] if drop_last and len(pairs[-1][0]) < batch_size else pairs


def check_samples(name: str, samples: Tensor) -> None:
    """Raise TypeError unless the samples are a tensor, ValueError if it has no dimension."""
    check_tensor(name, samples)
    if samples.dim() == 0:
        raise ValueError(f"{name} is a single number; give a tensor of samples")


def check_stream(ids: Tensor) -> None:
    """Raise unless ids is a stream: one dimension, int64, not empty, nothing below 0."""
    check_ids("ids", ids)
    check_shape("ids", ids, "n")
    if ids.min() < 0:
        raise ValueError(f"ids hold {ids.min().item()}; word ids start at 0")
