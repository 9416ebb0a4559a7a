"""Four kinds of dropout: of activations, of whole sequences' units, of words, of weights."""

from typing import Any

import torch
from jaxtyping import Float, Int64, Shaped
from torch import Tensor, nn

from lmlib.arguments import check_floats, check_number, check_shape, check_strings, shown
from lmlib.inputs import look_up


def check_p(p: float, name: str = "p") -> float:
    """Return p; raise TypeError unless it is a number, ValueError unless 0 ≤ p < 1."""
    check_number(f"{name}, the probability of dropping,", p, least=0, below=1)
    return p


def dropout_mask(like: Tensor, shape: tuple[int, ...], p: float) -> Tensor:
    r"""Return a mask of 0 (probability p) and 1/(1 − p) with the dtype and device of `like`.

    .. math:: \frac{m}{1-p}, \quad m \sim \mathrm{Bernoulli}(1-p)

    Its mean is 1, so that what is multiplied by it keeps its expectation. Raises TypeError unless
    `like` holds floating-point numbers: others cannot be rescaled.
    """
    check_floats("x", like)
    return like.new_empty(shape).bernoulli_(1 - p).div_(1 - p)


class Dropout(nn.Module):
    r"""Zero each activation with probability p in training; the identity in evaluation.

    .. math:: y = \frac{m \odot x}{1-p}

    Survivors grow by 1/(1 − p), so the next layer sees the same mean in both modes. Raises
    ValueError unless 0 ≤ p < 1, TypeError unless x holds floating-point numbers. Source:
    Srivastava et al. 2014, in its "inverted" form.
    """

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = check_p(p)

    def forward(self, x: Shaped[Tensor, "*shape"]) -> Shaped[Tensor, "*shape"]:
        check_floats("x", x)
        if not self.training or self.p == 0:
            return x
        return x * dropout_mask(x, x.shape, self.p)

    def extra_repr(self) -> str:
        return f"p={self.p}"


class LockedDropout(Dropout):
    """Dropout with one mask for all steps of a sequence: a dropped unit stays dropped.

    Also called variational dropout. Raises what Dropout raises, and ValueError unless x is
    [batch, seq, hidden]. Source: Gal & Ghahramani 2016.
    """

    def forward(self, x: Float[Tensor, "batch seq hidden"]) -> Float[Tensor, "batch seq hidden"]:
        check_floats("x", x)
        check_shape("x", x, "batch", "seq", "hidden")
        if not self.training or self.p == 0:
            return x
        B, _, H = x.shape
        return x * dropout_mask(x, (B, 1, H), self.p)


class EmbeddingDropout(nn.Module):
    """Look words up in an embedding, with whole words dropped: the same ones all over the batch.

    Raises TypeError unless `embedding` is an `nn.Embedding` and the words are int64, ValueError
    unless 0 ≤ p < 1, IndexError for a word that the embedding does not have. Source:
    Gal & Ghahramani 2016; Merity, Keskar & Socher 2017, section 4.3.
    """

    def __init__(self, embedding: nn.Embedding, p: float = 0.1) -> None:
        super().__init__()
        if not isinstance(embedding, nn.Embedding):
            raise TypeError(f"embedding is {shown(embedding)}; it must be a torch.nn.Embedding")
        self.embedding = embedding
        self.p = check_p(p)

    def forward(self, words: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch seq embed"]:
        weight = self.embedding.weight
        if self.training and self.p > 0:
            weight = weight * dropout_mask(weight, (len(weight), 1), self.p)
        return look_up(words, weight)

    def extra_repr(self) -> str:
        return f"p={self.p}"


class WeightDropout(nn.Module):
    """Wrap a module so that entries of the named weights are dropped anew in each forward pass.

    Also called DropConnect. The wrapped module keeps its own parameters: a pass computes with
    masked *copies* of them (`torch.func.functional_call`), so the optimizer, `state_dict` and
    `.to()` see nothing unusual. One mask serves all steps of the pass. Raises TypeError unless
    `module` is a module and `names` a list of strings, ValueError if one is no parameter or none
    is given, and unless 0 ≤ p < 1. Source: Wan et al. 2013; Merity, Keskar & Socher 2017,
    section 2.
    """

    def __init__(self, module: nn.Module, names: list[str], p: float = 0.5) -> None:
        super().__init__()
        if not isinstance(module, nn.Module):
            raise TypeError(f"module is {shown(module)}; it must be a torch.nn.Module")
        known = dict(module.named_parameters())
        names = check_strings("names", names, hint='["weight_hh_l0"]')
        if not names:
            raise ValueError(f"names are empty; give at least one of {sorted(known)}")
        if missing := [name for name in names if name not in known]:
            raise ValueError(f"{missing} are no parameters of the module; it has {sorted(known)}")
        self.module, self.names, self.p = module, names, check_p(p)

    def forward(self, *args: Any) -> Any:
        if not self.training or self.p == 0:
            return self.module(*args)
        weights = {name: self.module.get_parameter(name) for name in self.names}
        masked = {name: w * dropout_mask(w, w.shape, self.p) for name, w in weights.items()}
        return torch.func.functional_call(self.module, masked, args)

    def extra_repr(self) -> str:
        return f"names={self.names}, p={self.p}"
