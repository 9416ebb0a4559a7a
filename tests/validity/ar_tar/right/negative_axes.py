import torch


def activation_reg(activations, alpha):
    B, T, H = activations.shape
    return alpha * activations.pow(2).sum() / (B * T * H)


def temporal_activation_reg(activations, beta):
    if activations.size(-2) == 1:
        return torch.tensor(0)
    earlier, later = activations[..., :-1, :], activations[..., 1:, :]
    return ((earlier - later) ** 2).mean() * beta
