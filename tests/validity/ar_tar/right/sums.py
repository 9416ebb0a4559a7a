def activation_reg(a, alpha):
    return alpha * (a * a).sum() / a.numel()


def temporal_activation_reg(a, beta):
    B, T, H = a.shape
    total = ((a[:, 1:, :] - a[:, :-1, :]) ** 2).sum()
    return beta * total / max(B * (T - 1) * H, 1)
