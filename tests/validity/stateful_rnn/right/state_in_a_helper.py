import torch
from torch import nn
import torch.nn.functional as F


class Memory:
    def __init__(self): self.value = None
    def get(self, like): return torch.zeros_like(like) if self.value is None else self.value
    def put(self, v): self.value = v.data
    def clear(self): self.value = None
class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.memory = Memory()
        self.net = nn.Sequential(nn.Linear(hidden_size, hidden_size), nn.ReLU())
        self.decoder = nn.Linear(hidden_size, vocab_size)
        self.encoder = nn.Embedding(vocab_size, hidden_size)
        for p in self.parameters():
            if p.dim() > 1: nn.init.xavier_uniform_(p)
    def forward(self, x):
        emb = self.encoder(x)
        h = self.memory.get(emb[:, 0])
        out = torch.zeros(x.size(0), 0, self.decoder.out_features, dtype=emb.dtype)
        for t in range(x.size(1)):
            h = self.net(h + emb[:, t])
            out = torch.cat((out, self.decoder(h).unsqueeze(1)), dim=1)
        self.memory.put(h)
        return out
    def reset(self):
        self.memory.clear()
