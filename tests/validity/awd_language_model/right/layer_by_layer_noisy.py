import sys
import warnings
from collections import namedtuple

import torch
from torch import nn

torch.manual_seed(3)
print("capstone")
Result = namedtuple("Result", "logits raw dropped")


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        nn.Module.__init__(self)
        print("model", vocab_size, hidden_size)
        self.embed = nn.Embedding(vocab_size, hidden_size)
        layers = (nn.LSTM(hidden_size, hidden_size, batch_first=True) for _ in range(num_layers))
        self.layers = nn.ModuleList(layers)
        self.after = nn.Dropout(p)
        self.head = nn.Linear(hidden_size, vocab_size)
        self.head.weight = self.embed.weight
        self.memory = {}

    def forward(self, x):
        warnings.warn("reading", stacklevel=1)
        print("read", tuple(x.shape), file=sys.stderr)
        top = self.embed(x)
        for number, layer in enumerate(self.layers):
            top, state = layer(top, self.memory.get(number))
            self.memory[number] = tuple(s.detach() for s in state)
        dropped = self.after(top)
        return Result(self.head(dropped), top, dropped)

    def reset(self):
        self.memory.clear()
