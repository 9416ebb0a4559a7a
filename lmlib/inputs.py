"""What every model asks of its input, and the look-up of words in an embedding."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from lmlib.arguments import check_floats, check_ids, check_shape, check_sizes


def check_words(x: Tensor, seq_len: int | None = None) -> None:
    """Raise unless x holds word ids, int64 [batch, seq], of the asked length if there is one.

    TypeError is for another type, ValueError for another shape.
    """
    check_ids("words", x)
    check_shape("words", x, "batch", seq_len or "seq")


def check_rows(state: Tensor | None, x: Tensor, batch_dim: int = 0) -> None:
    """Raise unless the kept state can be gone on from with x.

    ValueError is for another number of rows, RuntimeError for a state that
    `torch.inference_mode` left to a call that wants gradients.
    """
    if state is None:
        return
    if state.size(batch_dim) != x.size(0):
        raise ValueError(
            f"the kept state belongs to {state.size(batch_dim)} rows of text, the batch has "
            f"{x.size(0)}; call reset() before you change the batch size"
        )
    if torch.is_grad_enabled() and state.is_inference():
        raise RuntimeError(
            "the kept state was made in torch.inference_mode(), which allows no gradients; "
            "call reset() first, or read in torch.no_grad()"
        )


def check_step(
    x: Tensor, state: tuple[Tensor, Tensor], input_size: int, hidden_size: int
) -> tuple[Tensor, Tensor]:
    """Return h and c; raise unless x is [batch, input], and they are [batch, hidden].

    TypeError is for what are no tensors of floating-point numbers, ValueError for other shapes.
    """
    if not isinstance(state, (tuple, list)) or len(state) != 2:
        raise TypeError(f"the state is a {type(state).__name__}; give the pair (h, c)")
    h, c = state
    check_floats("input", x)
    check_shape("input", x, "batch", input_size)
    for name, tensor in (("h", h), ("c", c)):
        check_floats(name, tensor)
        check_shape(name, tensor, len(x), hidden_size)
    return h, c


def look_up(words: Tensor, weight: Tensor) -> Tensor:
    """Return the row of `weight` for each word.

    Raises TypeError unless the words are int64, IndexError for an id without a row. A GPU does
    not report the id; there PyTorch stops with a device assertion.
    """
    check_ids("words", words)
    try:
        return F.embedding(words, weight)
    except IndexError:
        raise IndexError(
            f"word ids go from {words.min()} to {words.max()}; this model's vocabulary has ids "
            f"0 to {len(weight) - 1}. Was the text encoded with another vocabulary?"
        ) from None


class Embedding(nn.Embedding):
    """`nn.Embedding` that names a bad size, and an id that is outside the vocabulary."""

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        check_sizes(vocab_size=vocab_size, hidden_size=hidden_size)
        super().__init__(vocab_size, hidden_size)

    def forward(self, input: Tensor) -> Tensor:
        return look_up(input, self.weight)
