import torch


def activation_reg(activations, alpha):
    total = torch.zeros((), dtype=activations.dtype)
    for sequence in activations:
        for step in sequence:
            total = total + (step**2).sum()
    return alpha * total / activations.numel()


def temporal_activation_reg(activations, beta):
    batch, seq, hidden = activations.shape
    total = torch.zeros((), dtype=activations.dtype)
    for t in range(seq - 1):
        total = total + ((activations[:, t + 1] - activations[:, t]) ** 2).sum()
    if seq == 1:
        return total
    return beta * total / (batch * (seq - 1) * hidden)
