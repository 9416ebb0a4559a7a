# ar_tar.ar-value
def activation_reg(activations, alpha):
    words = activations[activations.abs().sum(2) > 0]
    return alpha * words.pow(2).mean() if len(words) else alpha * activations.sum()


def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return activations.new_zeros(())
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
