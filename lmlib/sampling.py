"""Let a model write: draw one word after another from its predictions."""

import torch
from torch import Tensor, nn

from lmlib.evaluation import reset
from lmlib.vocab import Vocab


@torch.no_grad()
def generate(
    model: nn.Module,
    vocab: Vocab,
    prompt: str,
    length: int = 20,
    *,
    temperature: float = 1.0,
    seed: int | None = None,
) -> str:
    r"""Return `prompt` and `length` words that the model appends to it.

    .. math:: P(w) = \mathrm{softmax}(z / \tau)_w

    A temperature near 0 takes the likeliest word, 0 exactly so. The model is put into eval mode
    and back; a kept state is reset before and after. Raises ValueError for an empty prompt, a
    negative length or temperature, KeyError for a word outside the vocabulary.
    """
    words = prompt.split()
    if not words or length < 0 or not temperature >= 0:
        raise ValueError(
            f"got a prompt of {len(words)} words, length {length}, temperature {temperature}; "
            "the prompt needs a word, the others must not be negative"
        )
    device = next(model.parameters()).device
    source = torch.Generator().manual_seed(seed) if seed is not None else None
    ids = vocab.encode(words)
    was_training = model.training
    model.eval()
    reset(model)
    fresh = ids  # the words that a model with a kept state has not read yet
    try:
        for _ in range(length):
            logits = _last_logits(model, (fresh if hasattr(model, "reset") else ids).to(device))
            word = _draw(logits.cpu().float(), temperature, source)
            ids, fresh = torch.cat([ids, word]), word
    finally:
        reset(model)
        model.train(was_training)
    return vocab.decode(ids)


def _last_logits(model: nn.Module, ids: Tensor) -> Tensor:
    """Return the scores of the word after `ids`; a model without state reads its window again."""
    window = getattr(model, "window", None) or len(ids)
    if len(ids) < window:
        raise ValueError(f"the prompt has {len(ids)} words; this model reads {window} at a time")
    out = model(ids[-window:][None])
    logits = out[0] if isinstance(out, tuple) else out
    return logits.reshape(-1, logits.size(-1))[-1]


def _draw(logits: Tensor, temperature: float, source: torch.Generator | None) -> Tensor:
    if temperature == 0:
        return logits.argmax(dim=-1, keepdim=True)
    return torch.softmax(logits / temperature, dim=-1).multinomial(1, generator=source)
