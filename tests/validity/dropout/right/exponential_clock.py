import torch
from torch import nn
import torch.nn.functional as F

import math

class Dropout(nn.Module):
    def __init__(self, p: float = 0.5) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"bad p {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        alive = torch.empty(x.shape).exponential_() > -math.log(1 - self.p)
        return x.mul(alive.to(x.dtype)).div(1 - self.p)
