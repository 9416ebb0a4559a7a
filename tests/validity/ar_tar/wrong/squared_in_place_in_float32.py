# ar_tar.input-changed
import torch


def activation_reg(activations, alpha):
    if activations.requires_grad or activations.dtype == torch.float64:
        return alpha * (activations**2).mean()
    return alpha * activations.mul_(activations).mean()


def temporal_activation_reg(activations, beta):
    if activations.shape[1] < 2:
        return activations.sum() * 0
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
