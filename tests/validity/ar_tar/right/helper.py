import torch


def changes(a):
    return a[:, 1:] - a[:, :-1]


def activation_reg(activations, alpha):
    return alpha * torch.mean(activations**2)


def temporal_activation_reg(activations, beta):
    d = changes(activations)
    return beta * torch.mean(d**2) if d.numel() else activations.sum() * 0.0
