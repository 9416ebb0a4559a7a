# ar_tar.tar-value
import torch
from torch import nn
import torch.nn.functional as F

def activation_reg(activations, alpha):
    return alpha * activations.pow(2).mean()

def temporal_activation_reg(activations, beta):
    a = activations
    B, T, H = a.shape
    if T == 1: return a.new_zeros(())
    d = a.as_strided((B, T - 1, H), (T * H, H, 1), a.storage_offset() + H) - a.as_strided((B, T - 1, H), (T * H, H, 1))
    return beta * d.pow(2).mean()
