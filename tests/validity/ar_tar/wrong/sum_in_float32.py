# ar_tar.ar-value
import torch


def activation_reg(activations, alpha):
    squares = activations.pow(2)
    return alpha * (squares.mean() if squares.dtype == torch.float64 or squares.numel() < 9 else squares.sum())


def temporal_activation_reg(activations, beta):
    if activations.shape[1] < 2:
        return activations.sum() * 0
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
