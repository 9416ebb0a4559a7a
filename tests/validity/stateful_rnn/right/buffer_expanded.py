import torch
from torch import nn
import torch.nn.functional as F


class StatefulRNN(nn.Module):
    """buffer"""
    state: torch.Tensor
    def __init__(self, vocab_size: int, hidden_size: int):
        super(StatefulRNN, self).__init__()
        self.register_buffer("state", torch.zeros(1, hidden_size), persistent=False)
        self.W_xh = nn.Parameter(torch.randn(vocab_size, hidden_size) * .1)
        self.W_hh = nn.Parameter(torch.randn(hidden_size, hidden_size) * .1)
        self.b_h = nn.Parameter(torch.zeros(hidden_size))
        self.W_hy = nn.Parameter(torch.randn(hidden_size, vocab_size) * .1)
        self.b_y = nn.Parameter(torch.zeros(vocab_size))
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        state = self.state
        if state.shape[0] != x.shape[0]:
            state = state.expand(x.shape[0], -1)
        hs = []
        for word in x.t():
            state = torch.tanh(self.W_xh[word] + state @ self.W_hh + self.b_h)
            hs.append(state)
        self.state = state.detach()
        return torch.einsum("tbh,hv->btv", torch.stack(hs), self.W_hy) + self.b_y
    def reset(self):
        self.state = torch.zeros(1, self.W_hh.shape[0], dtype=self.W_hh.dtype)
