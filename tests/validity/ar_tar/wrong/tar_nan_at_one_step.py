# ar_tar.one-step
def activation_reg(activations, alpha):
    return alpha * activations.pow(2).mean()


def temporal_activation_reg(activations, beta):
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
