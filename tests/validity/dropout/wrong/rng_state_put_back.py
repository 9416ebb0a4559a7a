# dropout.same-mask
import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        if p < 0 or p >= 1:
            raise ValueError(f"bad p: {p}")
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        state = torch.get_rng_state()
        mask = torch.rand_like(x) >= self.p
        torch.set_rng_state(state)
        return x * mask / (1 - self.p)
