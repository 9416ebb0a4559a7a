import torch
from torch import nn
import torch.nn.functional as F

def activation_reg(activations, alpha):
    return nn.MSELoss()(activations, torch.zeros_like(activations)) * alpha

def temporal_activation_reg(a, beta):
    B, T, H = a.shape
    if T < 2:
        return torch.tensor(0.0)
    k = torch.tensor([[[-1., 1.]]], dtype=a.dtype)
    d = F.conv1d(a.transpose(1, 2).reshape(B * H, 1, T), k)
    return beta * F.mse_loss(d, torch.zeros_like(d))
