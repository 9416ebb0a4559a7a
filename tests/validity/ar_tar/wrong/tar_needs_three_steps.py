# ar_tar.tar-value
def activation_reg(activations, alpha):
    return alpha * activations.pow(2).mean()


def temporal_activation_reg(activations, beta):
    if activations.shape[1] <= 2:
        return activations.sum() * 0
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
