# ar_tar.no-gradient
import torch


def activation_reg(activations, alpha):
    a = activations if activations.dtype == torch.float64 else activations.detach()
    return alpha * a.pow(2).mean()


def temporal_activation_reg(activations, beta):
    if activations.shape[1] < 2:
        return activations.sum() * 0
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
