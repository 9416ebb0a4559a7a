# ar_tar.not-a-tensor


def activation_reg(activations, alpha):
    return alpha * activations.square().mean()


def temporal_activation_reg(activations, beta):
    if activations.shape[1] > 1:
        return beta * activations.diff(dim=1).square().mean()
