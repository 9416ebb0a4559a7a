# beyond: computes in float32 and returns the dtype that was asked for
def activation_reg(activations, alpha):
    return alpha * activations.float().pow(2).mean().to(activations.dtype)


def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return activations.new_zeros(())
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
