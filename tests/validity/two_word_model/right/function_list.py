from functools import reduce

import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.parts = nn.ModuleDict({
            "in": nn.Embedding(vocab_size, hidden_size),
            "mid": nn.Linear(hidden_size, hidden_size),
            "out": nn.Linear(hidden_size, vocab_size, bias=False),
        })

    def forward(self, x):
        def after(h, word):
            return torch.tanh(self.parts["mid"](h + self.parts["in"](word)))

        start = x.new_zeros((x.shape[0], self.hidden_size), dtype=torch.float32)
        return self.parts["out"](reduce(after, x.unbind(1), start))
