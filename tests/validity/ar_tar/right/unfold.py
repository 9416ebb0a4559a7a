import torch
from torch import nn
import torch.nn.functional as F

def activation_reg(a, alpha):
    return alpha * a.abs().square().mean(0).mean(0).mean(0)

def temporal_activation_reg(a, beta):
    try:
        pairs = a.unfold(1, 2, 1)
    except RuntimeError:
        return 0 * a.sum()
    return beta * (pairs[..., 1] - pairs[..., 0]).square().mean()
