"""Adam with decoupled weight decay, set up as the course's recipes want it."""

import torch
from torch import nn


def adam(model: nn.Module, lr: float, weight_decay: float) -> torch.optim.AdamW:
    """Return AdamW for the model; the biases of linear layers do not decay."""
    biases = {m.bias for m in model.modules() if isinstance(m, nn.Linear) and m.bias is not None}
    groups = [
        {"params": [p for p in model.parameters() if p not in biases]},
        {"params": list(biases), "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(
        groups, lr=lr, betas=(0.95, 0.99), eps=1e-5, weight_decay=weight_decay, fused=True
    )
