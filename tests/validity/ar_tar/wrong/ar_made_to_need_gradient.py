# ar_tar.input-changed
def activation_reg(activations, alpha):
    activations.requires_grad_()
    return alpha * activations.pow(2).mean()


def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return activations.new_zeros(())
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
