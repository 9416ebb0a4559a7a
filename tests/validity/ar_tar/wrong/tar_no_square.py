# ar_tar.tar-value
def activation_reg(activations, alpha):
    return alpha * activations.pow(2).mean()


def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return activations.new_zeros(())
    return beta * (activations[:, 1:] - activations[:, :-1]).mean().abs()
