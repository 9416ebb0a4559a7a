import torch
from torch import nn
import torch.nn.functional as F
class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.net = nn.ModuleDict({"e": nn.Embedding(vocab_size, hidden_size), "l": nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True), "d": nn.Dropout(p), "o": nn.Linear(hidden_size, vocab_size)})
        self.net["o"].weight = self.net["e"].weight
        self.states = {}
    def reset(self): self.states.clear()
    def forward(self, x):
        n = self.net
        raw, st = n["l"](n["e"](x), self.states.get(len(x)))
        self.states[len(x)] = [s.detach() for s in st]
        dropped = n["d"](raw)
        return n["o"](dropped), raw, dropped
