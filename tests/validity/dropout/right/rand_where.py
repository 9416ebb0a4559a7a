import torch
import torch.nn as nn


class Dropout(nn.Module):
    def __init__(self, p: float = 0.5):
        nn.Module.__init__(self)
        if not (0 <= p < 1):
            raise ValueError(f"bad p: {p}")
        self.drop_probability = p

    def forward(self, inputs):
        if self.training is False:
            return inputs
        dropped = torch.rand(inputs.shape) < self.drop_probability
        return torch.where(dropped, torch.zeros_like(inputs), inputs / (1 - self.drop_probability))
