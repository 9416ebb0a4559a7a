import numpy as np
import torch


def activation_reg(activations, alpha):
    alpha = torch.as_tensor(np.float64(alpha), dtype=activations.dtype)
    return alpha * (activations.abs() ** 2).mean()


def temporal_activation_reg(activations, beta):
    mask = torch.ones_like(activations)
    mask[:, 0] = 0
    before = torch.cat([activations[:, :1], activations[:, :-1]], dim=1)
    total = (mask * (activations - before) ** 2).sum()
    return beta * total / mask.sum().clamp(min=1)
