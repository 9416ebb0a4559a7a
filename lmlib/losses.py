"""The loss of a language model and the two penalties on its activations."""

from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional as F


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
