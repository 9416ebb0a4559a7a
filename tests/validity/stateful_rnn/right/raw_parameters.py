import torch
from torch import nn


class StatefulRNN(nn.Module):
    """Weights stored inputs by outputs; a tied output; einsum."""

    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        scale = hidden_size**-0.5
        self.E = nn.Parameter(torch.randn(vocab_size, hidden_size))
        self.W = nn.Parameter(torch.randn(hidden_size, hidden_size) * scale * 0.7)
        self.b = nn.Parameter(torch.zeros(1, hidden_size))
        self.c = nn.Parameter(torch.zeros(vocab_size))
        self.h = torch.zeros(1, hidden_size)

    def forward(self, x):
        B, T = x.shape
        h = self.h.to(self.W.dtype).expand(B, -1)
        logits = []
        for t in range(T):
            h = torch.tanh(torch.einsum("bi,io->bo", h + self.E[x[:, t]], self.W) + self.b)
            logits.append(torch.einsum("bh,vh->bv", h, self.E) + self.c)
        self.h = h.detach().clone()
        return torch.stack(logits).transpose(0, 1)

    def reset(self):
        self.h = torch.zeros(1, self.W.shape[0])
