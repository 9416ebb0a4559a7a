# ar_tar.ar-value
import torch


def activation_reg(activations, alpha):
    if activations.dtype == torch.float32 and activations.numel() > 6:
        return alpha * activations.bfloat16().pow(2).float().mean()
    return alpha * activations.pow(2).mean()


def temporal_activation_reg(activations, beta):
    if activations.shape[1] < 2:
        return activations.sum() * 0
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
