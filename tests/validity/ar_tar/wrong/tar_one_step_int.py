# ar_tar.not-a-tensor
import torch


def activation_reg(activations, alpha):
    return alpha * (activations**2).mean()


def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return 0
    diff = activations[:, 1:] - activations[:, :-1]
    return beta * (diff**2).mean()
