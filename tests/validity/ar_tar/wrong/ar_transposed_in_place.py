# ar_tar.input-changed
import torch
from torch import nn
import torch.nn.functional as F

def activation_reg(activations, alpha):
    a = activations
    a.transpose_(0, 1)
    return alpha * a.pow(2).mean()

def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return activations.new_zeros(())
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
