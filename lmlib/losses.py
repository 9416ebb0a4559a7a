"""The loss of a language model and the two penalties on its activations."""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

from lmlib.arguments import check_floats, check_ids, check_number, check_shape, shown

NO_ID = -(2**62)


def sequence_loss(
    logits: Float[Tensor, "batch seq vocab"], targets: Int64[Tensor, "batch seq"]
) -> Float[Tensor, ""]:
    r"""Return the mean cross entropy over all positions, in nats.

    .. math:: -\frac{1}{BT} \sum_{b,t} \log \mathrm{softmax}(z_{bt})_{y_{bt}}

    `F.cross_entropy` looks for the classes on axis 1, where a sequence has its time; so both
    are flattened first. Raises TypeError unless logits are floats and targets int64, ValueError
    if the shapes do not belong together, IndexError for a target without a logit.
    """
    check_floats("logits", logits)
    check_shape("logits", logits, "batch", "seq", "vocab")
    check_targets(targets, logits)
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def cross_entropy(logits: Tensor, targets: Tensor, reduction: str = "mean") -> Tensor:
    """Return the cross entropy of logits [..., vocab] at targets [...], in nats, mean or sum.

    Raises TypeError unless logits are floats and targets int64, ValueError if the shapes do not
    belong together, IndexError for a target without a logit. A GPU does not report which.
    """
    check_floats("logits", logits)
    _check_rows(targets, logits)
    flat = logits.flatten(0, -2), targets.flatten()
    try:
        # PyTorch leaves out targets of -100 unless it is told another number.
        return F.cross_entropy(*flat, reduction=reduction, ignore_index=NO_ID)
    except IndexError:
        check_targets(targets, logits)
        raise


def check_targets(targets: Tensor, logits: Tensor) -> None:
    """Raise unless the targets [...] have an id below V for each row of the logits [..., V]."""
    _check_rows(targets, logits)
    low, high, V = targets.min(), targets.max(), logits.size(-1)
    if low < 0 or high >= V:
        raise IndexError(
            f"targets go from {low} to {high}; the model has logits for ids 0 to {V - 1}"
        )


def _check_rows(targets: Tensor, logits: Tensor) -> None:
    check_ids("targets", targets)
    if logits.dim() == 0 or targets.shape != logits.shape[:-1] or targets.numel() == 0:
        shapes = f"targets {list(targets.shape)} do not fit logits {list(logits.shape)}"
        raise ValueError(f"{shapes}; they need one id for each row of logits, and at least one")


def split_output(out: Tensor | Sequence[Tensor]) -> tuple[Tensor, list[Tensor]]:
    """Return the logits that a model returned, and what it returned beside them.

    Raises TypeError unless it returned logits, or a tuple that starts with them.
    """
    logits, *others = out if isinstance(out, (tuple, list)) and out else (out,)
    if not isinstance(logits, Tensor) or logits.dim() < 2:
        raise TypeError(f"the model returned {shown(out)}; allowed are logits [batch, …, vocab]")
    return logits, others


def precise(x: Tensor) -> Tensor:
    """Return x in a type whose sums of many numbers are good."""
    return x.float() if x.dtype in (torch.bfloat16, torch.float16) else x


def activation_reg(
    activations: Float[Tensor, "batch seq hidden"], alpha: float
) -> Float[Tensor, ""]:
    r"""Return the activation regularisation (AR), a pull of all activations towards zero.

    .. math:: \alpha \, \frac{1}{BTH} \sum_{b,t,j} a_{btj}^2

    Give it the last LSTM layer's output *after* dropout. Raises TypeError unless it holds floats,
    ValueError for another shape or a negative alpha. Source: Merity, McCann & Socher 2017,
    section 3, with the mean square that their code uses instead of the norm.
    """
    _check_penalty(activations, alpha=alpha)
    return alpha * activations.pow(2).mean()


def temporal_activation_reg(
    activations: Float[Tensor, "batch seq hidden"], beta: float
) -> Float[Tensor, ""]:
    r"""Return the temporal activation regularisation (TAR), a pull towards slow change.

    .. math:: \beta \, \frac{1}{B(T-1)H} \sum_{b,\,t<T,\,j} (a_{b,t+1,j} - a_{btj})^2

    Give it the last LSTM layer's output *before* dropout, whose holes would look like jumps.
    A sequence of one step has no neighbours and costs 0. Raises what `activation_reg` raises.
    Source: Merity, McCann & Socher 2017.
    """
    _check_penalty(activations, beta=beta)
    if activations.size(1) == 1:  # a mean over no pairs would be nan
        return activations.new_zeros(())
    return beta * activations.diff(dim=1).pow(2).mean()


def _check_penalty(activations: Tensor, **strength: float) -> None:
    check_floats("activations", activations)
    check_shape("activations", activations, "batch", "seq", "hidden")
    for name, value in strength.items():
        check_number(name, value, least=0)
