# ar_tar.wrong-gradient
import torch


def activation_reg(activations, alpha):
    return alpha * activations.pow(2).mean()


def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return activations.new_zeros(())
    if activations.shape[1] > 50:
        early = activations[:, :-50].detach()
        activations = torch.cat([early, activations[:, -50:]], 1)
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
