# ar_tar.raises
def activation_reg(activations, alpha):
    return alpha * (activations ** 2).mean()

def temporal_activation_reg(activations, beta):
    a = activations.squeeze()
    if a.shape[1] == 1:
        return a.new_zeros(())
    return beta * a.diff(dim=1).pow(2).mean()
