# ar_tar.tar-value
def activation_reg(activations, alpha):
    return alpha * activations.pow(2).mean()


def temporal_activation_reg(activations, beta):
    a = activations.squeeze(2)  # a batch of one sequence and one unit loses an axis
    if a.shape[1] == 1:
        return activations.new_zeros(())
    return beta * (a[:, 1:] - a[:, :-1]).pow(2).sum() / (a[:, 1:].shape[0] * a[:, 1:].shape[-1] * (a.shape[1] - 1))
