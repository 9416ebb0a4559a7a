"""What every model with a kept state does to it: check that it fits, and cut its history."""

from torch import Tensor


def check_rows(state: Tensor | None, x: Tensor, batch_dim: int = 0) -> None:
    """Raise ValueError unless the kept state has one row for each row of x."""
    if state is not None and state.size(batch_dim) != x.size(0):
        raise ValueError(
            f"the kept state belongs to {state.size(batch_dim)} rows of text, the batch has "
            f"{x.size(0)}; call reset() before you change the batch size"
        )


def check_words(x: Tensor, vocab_size: int) -> None:
    """Raise unless x holds word ids [batch, seq] of this vocabulary."""
    if x.dim() != 2 or x.size(1) == 0:
        raise ValueError(f"words have shape {list(x.shape)}; allowed is [batch, seq], seq ≥ 1")
    if x.is_floating_point() or x.is_complex():
        raise TypeError(f"words are {x.dtype}; allowed are int64 ids")
