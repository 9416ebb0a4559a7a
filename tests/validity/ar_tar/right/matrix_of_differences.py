import torch


def activation_reg(activations, alpha):
    flat = activations.reshape(-1)
    return torch.dot(flat, flat).mul(alpha).div(len(flat))


def temporal_activation_reg(activations, beta):
    """Each change as a row of a matrix: −1 at a step, +1 at the next."""
    B, T, H = activations.shape
    if T == 1:
        return torch.zeros_like(activations).sum()
    D = torch.eye(T, dtype=activations.dtype)
    D = (D[1:] - D[:-1]).to(activations)
    change = D @ activations
    return beta * change.pow(2).sum() / change.numel()
