"""Adam with decoupled weight decay, set up as the course's recipes want it."""

from typing import Any

import torch
from torch import nn


def adam(model: nn.Module, lr: float, weight_decay: float) -> torch.optim.AdamW:
    """Return AdamW for the model; the biases of linear layers do not decay.

    Betas and eps are fastai's, which the published results used.
    """
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
    """Tell whether PyTorch has the fused step here; before 2.4 it had it on a GPU only."""
    version = tuple(int(part) for part in torch.__version__.split(".")[:2])
    return version >= (2, 4) or all(p.is_cuda for p in model.parameters())


def set_rates(optimizer: torch.optim.Optimizer, lr: float, momentum: float) -> None:
    """Set the learning rate and the momentum of all parameter groups."""
    for group in optimizer.param_groups:
        group["lr"], group["betas"] = lr, (momentum, group["betas"][1])
