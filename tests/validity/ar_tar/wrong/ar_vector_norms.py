# ar_tar.grows
def activation_reg(activations, alpha):
    return alpha * activations.norm(dim=-1).mean()

def temporal_activation_reg(activations, beta):
    if activations.size(1) < 2:
        return activations.new_tensor(0.0)
    d = activations[:, 1:, :] - activations[:, :-1, :]
    return beta * (d ** 2).mean()
