"""Let a model write: draw one word after another from its predictions."""

import torch
from torch import Tensor, nn

from lmlib.arguments import check_number, check_sizes, check_text, device_of, shown
from lmlib.evaluation import reset
from lmlib.losses import split_output
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
    and back; a kept state is reset before and after. Raises ValueError for a prompt without words
    (or with fewer than the model reads), a negative length, temperature or seed, and a vocabulary
    of another size than the model's; KeyError for a word outside the vocabulary;
    FloatingPointError if the model's scores are not finite; TypeError for wrong types.
    """
    check_text("prompt", prompt)
    check_sizes(least=0, length=length)
    if seed is not None:
        check_sizes(least=0, most=2**64 - 1, seed=seed)
    check_number("temperature", temperature, least=0)
    if not isinstance(vocab, Vocab):
        raise TypeError(f"vocab is {shown(vocab)}; it must be a Vocab")
    words = prompt.split()
    if not words:
        raise ValueError(f"the prompt {prompt!r} holds no word; give at least one")
    device = device_of(model)
    source = torch.Generator().manual_seed(seed) if seed is not None else None
    ids = vocab.encode(words)
    was_training = model.training
    model.eval()
    reset(model)
    fresh = ids  # the words that a model with a kept state has not read yet
    try:
        for _ in range(length):
            logits = _last_logits(model, (fresh if hasattr(model, "reset") else ids).to(device))
            if len(logits) != len(vocab):
                sizes = f"the model predicts {len(logits)} words, the vocabulary has {len(vocab)}"
                raise ValueError(f"{sizes}; give the vocabulary that the model was trained with")
            word = _draw(logits.cpu(), temperature, source)
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
    logits, _ = split_output(model(ids[-window:][None]))
    return logits.reshape(-1, logits.size(-1))[-1]


def _draw(logits: Tensor, temperature: float, source: torch.Generator | None) -> Tensor:
    best = logits.max()
    if not best.isfinite():  # -inf is fine for a word that cannot come, but not for all
        raise FloatingPointError(f"the largest score is {best}; the model's weights are broken")
    if temperature == 0:
        return logits.argmax(dim=-1, keepdim=True)
    scores = (logits.double() - best) / temperature  # none is above 0, so that none overflows
    return torch.softmax(scores, dim=-1).float().multinomial(1, generator=source)
