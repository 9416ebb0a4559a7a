import torch
from torch.nn import functional


def activation_reg(activations, alpha):
    return torch.stack([row.norm() ** 2 for row in activations]).sum() / activations.numel() * alpha


def temporal_activation_reg(activations, beta):
    if activations.size(1) - 1:
        padded = functional.pad(activations, (0, 0, 0, 1))[:, :-1]
        change = activations[:, 1:] - padded[:, :-1]
        return functional.mse_loss(change, torch.zeros_like(change), reduction="mean") * beta
    return activations.detach().sum().mul(0)
