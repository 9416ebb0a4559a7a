import torch


def activation_reg(activations, alpha):
    return torch.mean(torch.square(activations)) * alpha


def temporal_activation_reg(activations, beta):
    steps = torch.diff(activations, dim=1)
    if steps.numel() == 0:
        return torch.tensor(0.0)
    return torch.mean(torch.square(steps)) * beta
