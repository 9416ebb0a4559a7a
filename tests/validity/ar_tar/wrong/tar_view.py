# ar_tar.raises
import torch
from torch import nn
import torch.nn.functional as F

def activation_reg(activations, alpha):
    return alpha * activations.pow(2).mean()

def temporal_activation_reg(activations, beta):
    a = activations
    B, T, H = a.shape
    if T == 1: return a.new_zeros(())
    rows = a.view(B * T, H).view(B, T, H)
    return beta * (rows[:, 1:] - rows[:, :-1]).pow(2).mean()
