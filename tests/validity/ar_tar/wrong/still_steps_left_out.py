# ar_tar.tar-value
def activation_reg(activations, alpha):
    return alpha * activations.pow(2).mean()


def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return activations.new_zeros(())
    changes = activations[:, 1:] - activations[:, :-1]
    moving = changes[changes.abs().sum(2) > 0]
    return beta * moving.pow(2).mean() if len(moving) else beta * changes.sum()
