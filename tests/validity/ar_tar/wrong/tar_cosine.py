# ar_tar.offset-costs
import torch.nn.functional as F


def activation_reg(activations, alpha):
    return alpha * activations.pow(2).mean()


def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return activations.new_zeros(())
    return beta * (1 - F.cosine_similarity(activations[:, 1:], activations[:, :-1], dim=2)).mean()
