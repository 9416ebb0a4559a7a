import torch
from torch import nn


class StatefulRNN(nn.Module):
    """One matrix for the word and the state side by side, and a state of float32 zeros."""

    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.size = hidden_size
        self.words = nn.Embedding(vocab_size, hidden_size)
        self.layer = nn.Linear(2 * hidden_size, hidden_size)
        self.logits = nn.Linear(hidden_size, vocab_size)
        self.memory = []

    def forward(self, x):
        if not self.memory:
            self.memory.append(torch.zeros(x.size(0), self.size, dtype=torch.float32))
        h = self.memory.pop()
        out = torch.empty(*x.shape, self.words.num_embeddings, dtype=self.logits.weight.dtype)
        for t in range(x.size(1)):
            h = self.layer(torch.cat([h, self.words(x[:, t])], dim=-1)).tanh()
            out[:, t] = self.logits(h)
        self.memory.append(h.data)
        return out

    def reset(self):
        self.memory.clear()
