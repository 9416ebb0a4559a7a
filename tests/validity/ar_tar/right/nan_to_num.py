import torch


def activation_reg(activations, alpha):
    return alpha * torch.linalg.vector_norm(activations) ** 2 / activations.numel()


def temporal_activation_reg(activations, beta):
    d = activations.narrow(1, 1, activations.shape[1] - 1) - activations.narrow(
        1, 0, activations.shape[1] - 1
    )
    return torch.nan_to_num(beta * d.square().mean(), nan=0.0)
