import torch
import torch.nn.functional as F
from torch import nn


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size, device="cpu"):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, hidden_size, device=device)
        self.step = nn.Sequential(nn.Linear(hidden_size, hidden_size), nn.Tanh())
        self.logits = nn.Linear(hidden_size, vocab_size, device=device)

    def forward(self, x):
        if hasattr(self, "memory"):
            h = torch.from_numpy(self.memory)
        else:
            h = torch.zeros(x.shape[0], self.embed.embedding_dim)
        result = []
        for t in range(x.shape[-1]):
            h = self.step(h + self.embed(x[:, t]))
            result.append(h)
        self.memory = h.detach().numpy().copy()
        return self.logits(torch.stack(result, 1))

    def reset(self):
        if hasattr(self, "memory"):
            del self.memory
