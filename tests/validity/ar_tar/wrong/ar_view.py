# ar_tar.raises
import torch
from torch import nn
import torch.nn.functional as F

def activation_reg(activations, alpha):
    a = activations
    f = a.view(-1)
    return alpha * (f @ f) / len(f)

def temporal_activation_reg(activations, beta):
    if activations.shape[1] == 1:
        return activations.new_zeros(())
    return beta * (activations[:, 1:] - activations[:, :-1]).pow(2).mean()
