"""Adam with decoupled weight decay, set up as the course's recipes want it."""

from typing import Any

import torch
from torch import nn

from lmlib.arguments import check_number, device_of

HELP = "lower lr, or bound the gradient with clip=1.0"


def training_device(model: nn.Module, device: torch.device | str | None) -> torch.device:
    """Return the device to train on: the model's own, if none is named.

    Raises RuntimeError where gradients are off, ValueError for a model of which no parameter can
    be trained and for a device that is not there.
    """
    here = device_of(model)
    if not torch.is_grad_enabled():
        raise RuntimeError("gradients are off: call fit outside no_grad() and inference_mode()")
    if not any(p.requires_grad for p in model.parameters()):
        raise ValueError("no parameter of the model has requires_grad, so that none can be trained")
    try:
        probe = torch.ones((), device=here if device is None else device)
        probe.item()  # "meta" has no values
        return probe.device
    except (RuntimeError, AssertionError, TypeError) as error:
        raise ValueError(f"device is {device!r}, which cannot be used here: {error}") from None


def adam(model: nn.Module, lr: float, weight_decay: float) -> torch.optim.AdamW:
    """Return AdamW for the model; the biases of linear layers do not decay.

    Betas and eps are fastai's, which the published results used. Raises TypeError for what is no
    model, ValueError for a rate that is not above 0 or a negative decay. Source: Loshchilov &
    Hutter 2019.
    """
    device_of(model)
    check_number("lr", lr, above=0)
    check_number("weight_decay", weight_decay, least=0)
    biases = [m.bias for m in model.modules() if isinstance(m, nn.Linear) and m.bias is not None]
    skip = {id(bias) for bias in biases}
    groups: list[dict[str, Any]] = [
        {"params": [p for p in model.parameters() if id(p) not in skip]},
        {"params": biases, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(
        groups,
        lr=lr,
        betas=(0.95, 0.99),
        eps=1e-5,
        weight_decay=weight_decay,
        fused=can_fuse(model),  # one call for all parameters
    )


def can_fuse(model: nn.Module) -> bool:
    """Tell whether PyTorch surely has the fused step here: on a GPU, and from 2.4 on a CPU."""
    version = tuple(int(part) for part in torch.__version__.split(".")[:2])
    devices = {"cuda", "cpu"} if version >= (2, 4) else {"cuda"}
    parameters = list(model.parameters())
    return all(p.device.type in devices and p.is_floating_point() for p in parameters)


def set_rates(optimizer: torch.optim.Optimizer, lr: float, momentum: float) -> None:
    """Set the learning rate and the momentum of all parameter groups."""
    for group in optimizer.param_groups:
        group["lr"], group["betas"] = lr, (momentum, group["betas"][1])


def expect_finite(model: nn.Module, epoch: int) -> None:
    """Raise FloatingPointError if a parameter is broken.

    The last step of an epoch has no loss after it that would show what it did.
    """
    if not all(bool(p.isfinite().all()) for p in model.parameters()):
        raise FloatingPointError(f"after epoch {epoch} some parameter is not finite; {HELP}")
