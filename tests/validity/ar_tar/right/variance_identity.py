import torch


def activation_reg(activations, alpha):
    """The mean square is the variance plus the square of the mean."""
    return alpha * (activations.var(unbiased=False) + activations.mean() ** 2)


def temporal_activation_reg(activations, beta):
    change = activations.diff(dim=1)
    if change.size(1) < 1:
        return torch.tensor(0.0, dtype=activations.dtype, device=activations.device)
    return beta * (change.var(correction=0) + change.mean() ** 2)
