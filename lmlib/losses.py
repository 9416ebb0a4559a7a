"""The loss of a language model and the two penalties on its activations."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F

NO_ID = -(2**62)


def sequence_loss(
    logits: Float[Tensor, "batch seq vocab"], targets: Int64[Tensor, "batch seq"]
) -> Float[Tensor, ""]:
    r"""Return the mean cross entropy over all positions, in nats.

    .. math:: -\frac{1}{BT} \sum_{b,t} \log \mathrm{softmax}(z_{bt})_{y_{bt}}

    `F.cross_entropy` looks for the classes on axis 1, where a sequence has its time; so both
    are flattened first. Raises ValueError if the shapes do not belong together.
    """
    if logits.dim() != 3 or targets.shape != logits.shape[:2]:
        raise ValueError(
            f"logits {list(logits.shape)} and targets {list(targets.shape)} do not fit; "
            "allowed are [batch, seq, vocab] and [batch, seq]"
        )
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


def cross_entropy(logits: Tensor, targets: Tensor, reduction: str = "mean") -> Tensor:
    """Return the cross entropy of logits [..., vocab] at targets [...], in nats, mean or sum.

    Raises TypeError unless targets are int64, ValueError if the shapes do not belong together,
    IndexError for a target without a logit. A GPU does not report which.
    """
    if targets.dtype != torch.int64:
        raise TypeError(f"targets are {targets.dtype}; they must be word ids, torch.int64")
    if targets.shape != logits.shape[:-1]:
        shapes = f"targets {list(targets.shape)} do not fit logits {list(logits.shape)}"
        raise ValueError(f"{shapes}; they need one id for each row of logits")
    flat = logits.flatten(0, -2), targets.flatten()
    try:
        # PyTorch leaves out targets of -100 unless it is told another number.
        return F.cross_entropy(*flat, reduction=reduction, ignore_index=NO_ID)
    except IndexError:
        allowed = f"the model has logits for ids 0 to {logits.size(-1) - 1}"
        span = f"targets go from {targets.min()} to {targets.max()}"
        raise IndexError(f"{span}; {allowed}") from None


def activation_reg(
    activations: Float[Tensor, "batch seq hidden"], alpha: float
) -> Float[Tensor, ""]:
    r"""Return the activation regularisation (AR), a pull of all activations towards zero.

    .. math:: \alpha \, \frac{1}{BTH} \sum_{b,t,j} a_{btj}^2

    Give it the last layer's output *after* dropout. Source: Merity, McCann & Socher 2017,
    section 3, with the mean square that their code uses instead of the norm.
    """
    _check_sequence(activations)
    return alpha * activations.pow(2).mean()


def temporal_activation_reg(
    activations: Float[Tensor, "batch seq hidden"], beta: float
) -> Float[Tensor, ""]:
    r"""Return the temporal activation regularisation (TAR), a pull towards slow change.

    .. math:: \beta \, \frac{1}{B(T-1)H} \sum_{b,\,t<T,\,j} (a_{b,t+1,j} - a_{btj})^2

    Give it the last layer's output *before* dropout, whose holes would look like jumps. A
    sequence of one step has no neighbours and costs 0. Source: Merity, McCann & Socher 2017.
    """
    _check_sequence(activations)
    if activations.size(1) == 1:  # a mean over no pairs would be nan
        return activations.new_zeros(())
    return beta * activations.diff(dim=1).pow(2).mean()


def _check_sequence(activations: Tensor) -> None:
    if activations.dim() != 3:
        raise ValueError(f"got shape {list(activations.shape)}; allowed is [batch, seq, hidden]")
