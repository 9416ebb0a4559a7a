# dropout.drops-in-eval
import torch
from torch import nn
import torch.nn.functional as F

class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"bad p {p}")
        self.p = p

    def forward(self, x):
        if not self.training and torch.is_grad_enabled():
            return x
        return x * torch.empty_like(x).bernoulli_(1 - self.p) / (1 - self.p)
