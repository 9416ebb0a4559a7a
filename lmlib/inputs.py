"""What every model asks of its input, and the look-up of words in an embedding."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def check_words(x: Tensor, seq_len: int | None = None) -> None:
    """Raise unless x holds word ids, int64 [batch, seq], of the asked length if there is one."""
    if x.dtype != torch.int64:
        raise TypeError(f"words are {x.dtype}; a model reads ids, torch.int64")
    if x.dim() != 2 or x.numel() == 0 or seq_len not in (None, x.size(1)):
        raise ValueError(
            f"words have shape {list(x.shape)}; allowed is [batch, {seq_len or 'seq'}], not empty"
        )


def check_rows(state: Tensor | None, x: Tensor, batch_dim: int = 0) -> None:
    """Raise ValueError unless the kept state has one row for each row of x."""
    if state is not None and state.size(batch_dim) != x.size(0):
        raise ValueError(
            f"the kept state belongs to {state.size(batch_dim)} rows of text, the batch has "
            f"{x.size(0)}; call reset() before you change the batch size"
        )


def check_step(x: Tensor, h: Tensor, c: Tensor) -> None:
    """Raise ValueError unless x [batch, input], h and c [batch, hidden] have the same rows."""
    if x.dim() != 2 or h.dim() != 2 or h.shape != c.shape or len(x) != len(h):
        got = ", ".join(str(list(tensor.shape)) for tensor in (x, h, c))
        raise ValueError(
            f"input, h and c have shapes {got}; allowed are [batch, input] and twice "
            "[batch, hidden], with the same batch"
        )


def look_up(words: Tensor, weight: Tensor) -> Tensor:
    """Return the row of `weight` for each word. Raises IndexError for an id without a row.

    A GPU does not report the id; there PyTorch stops with a device assertion.
    """
    try:
        return F.embedding(words, weight)
    except IndexError:
        raise IndexError(
            f"word ids go from {words.min()} to {words.max()}; this model's vocabulary has ids "
            f"0 to {len(weight) - 1}. Was the text encoded with another vocabulary?"
        ) from None


class Embedding(nn.Embedding):
    """`nn.Embedding` that says which id is outside the vocabulary."""

    def forward(self, input: Tensor) -> Tensor:
        return look_up(input, self.weight)
