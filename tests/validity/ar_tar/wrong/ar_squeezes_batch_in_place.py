# ar_tar.input-changed
import torch
from torch import nn

def activation_reg(a, alpha):
    a.squeeze_(0)
    return alpha * a.pow(2).mean()
def temporal_activation_reg(activations, beta):
    if activations.shape[1] < 2:
        return activations.new_zeros(())
    return beta * activations.diff(dim=1).pow(2).mean()
