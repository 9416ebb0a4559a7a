# ar_tar.not-a-tensor
def activation_reg(activations, alpha):
    if alpha:
        return alpha * activations.pow(2).mean()
    return 0


def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return activations.new_zeros(())
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
