"""Four kinds of dropout: of activations, of whole sequences' units, of words, of weights."""

from typing import Any

import torch
from jaxtyping import Float, Int64, Shaped
from torch import Tensor, nn

from lmlib.inputs import look_up


def check_p(p: float, name: str = "p") -> float:
    """Return p, the probability of dropping, or raise ValueError unless 0 ≤ p < 1."""
    if not 0 <= p < 1:
        raise ValueError(f"{name} is {p}; the probability of dropping must be in [0, 1)")
    return p


def dropout_mask(like: Tensor, shape: tuple[int, ...], p: float) -> Tensor:
    r"""Return a mask of 0 (probability p) and 1/(1 − p) with the dtype and device of `like`.

    .. math:: \frac{m}{1-p}, \quad m \sim \mathrm{Bernoulli}(1-p)

    Its mean is 1, so that what is multiplied by it keeps its expectation.
    """
    if not like.is_floating_point():
        raise TypeError(f"x is {like.dtype}; dropout rescales, so it needs floating-point numbers")
    return like.new_empty(shape).bernoulli_(1 - p).div_(1 - p)


class Dropout(nn.Module):
    r"""Zero each activation with probability p in training; the identity in evaluation.

    .. math:: y = \frac{m \odot x}{1-p}

    Survivors grow by 1/(1 − p), so the next layer sees the same mean in both modes. Raises
    ValueError unless 0 ≤ p < 1. Source: Srivastava et al. 2014, in its "inverted" form.
    """

    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        self.p = check_p(p)

    def forward(self, x: Shaped[Tensor, "*shape"]) -> Shaped[Tensor, "*shape"]:
        if not self.training or self.p == 0:
            return x
        return x * dropout_mask(x, x.shape, self.p)

    def extra_repr(self) -> str:
        return f"p={self.p}"


class LockedDropout(Dropout):
    """Dropout with one mask for all steps of a sequence: a dropped unit stays dropped.

    Also called variational dropout. Source: Gal & Ghahramani 2016.
    """

    def forward(self, x: Float[Tensor, "batch seq hidden"]) -> Float[Tensor, "batch seq hidden"]:
        if x.dim() != 3:
            raise ValueError(f"x has shape {list(x.shape)}; allowed is [batch, seq, hidden]")
        if not self.training or self.p == 0:
            return x
        B, _, H = x.shape
        return x * dropout_mask(x, (B, 1, H), self.p)


class EmbeddingDropout(nn.Module):
    """Look words up in an embedding, with whole words dropped: the same ones all over the batch.

    Source: Gal & Ghahramani 2016; Merity, Keskar & Socher 2017, section 4.3.
    """

    def __init__(self, embedding: nn.Embedding, p: float = 0.1) -> None:
        super().__init__()
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
    `.to()` see nothing unusual. One mask serves all steps of the pass. Raises ValueError for a
    name that is no parameter. Source: Wan et al. 2013; Merity, Keskar & Socher 2017, section 2.
    """

    def __init__(self, module: nn.Module, names: list[str], p: float = 0.5) -> None:
        super().__init__()
        known = dict(module.named_parameters())
        if missing := [name for name in names if name not in known]:
            raise ValueError(f"{missing} are no parameters of the module; it has {sorted(known)}")
        self.module, self.names, self.p = module, list(names), check_p(p)

    def forward(self, *args: Any) -> Any:
        if not self.training or self.p == 0:
            return self.module(*args)
        weights = {name: self.module.get_parameter(name) for name in self.names}
        masked = {name: w * dropout_mask(w, w.shape, self.p) for name, w in weights.items()}
        return torch.func.functional_call(self.module, masked, args)

    def extra_repr(self) -> str:
        return f"names={self.names}, p={self.p}"
