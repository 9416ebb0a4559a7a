# ar_tar.not-a-tensor
import torch
from torch import nn
import torch.nn.functional as F

def activation_reg(activations, alpha):
    return alpha * activations.pow(2).mean()

def temporal_activation_reg(activations, beta):
    a = activations
    if a.size(1) == 1: return a.new_zeros(())
    return (beta * (a[:, 1:] - a[:, :-1]).pow(2).mean()).item()
