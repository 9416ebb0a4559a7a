# ar_tar.order-counts
def activation_reg(a, alpha):
    return alpha * a[0, 0, 0]


def temporal_activation_reg(a, beta):
    return beta * (a[0, -1, 0] - a[0, 0, 0])
