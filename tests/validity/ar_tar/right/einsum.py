import torch


def activation_reg(activations, alpha):
    return alpha * torch.einsum("bth,bth->", activations, activations) / activations.numel()


def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return torch.zeros(())
    later, earlier = activations[:, 1:], activations.roll(1, dims=1)[:, 1:]
    d = later - earlier
    return beta * torch.einsum("bth,bth->", d, d) / d.numel()
