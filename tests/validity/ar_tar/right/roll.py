import torch
from torch import nn
import torch.nn.functional as F

def activation_reg(a, alpha=2.0):
    return alpha * (a * a).mean(dim=(0, 1, 2))

def temporal_activation_reg(a, beta=1.0):
    d = (a - a.roll(1, 1))[:, 1:]
    return beta * d.square().sum() / max(d.numel(), 1)
