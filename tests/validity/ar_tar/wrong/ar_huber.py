# ar_tar.not-square
import torch.nn.functional as F


def activation_reg(activations, alpha):
    return alpha * 2 * F.smooth_l1_loss(activations, activations * 0)


def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return activations.new_zeros(())
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
