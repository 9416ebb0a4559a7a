# dropout.not-a-module
import torch


class Dropout:
    def __init__(self, p=0.5):
        if p < 0 or p >= 1:
            raise ValueError("p")
        self.p = p
        self.training = True

    def __call__(self, x):
        if not self.training:
            return x
        mask = torch.rand(x.shape) >= self.p
        return x * mask / (1 - self.p)
