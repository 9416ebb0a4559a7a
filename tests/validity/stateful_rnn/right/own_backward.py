import torch
from torch import nn


class Read(torch.autograd.Function):
    @staticmethod
    def forward(ctx, e, h0, W, b):
        states = [h0]
        for t in range(e.shape[1]):
            states.append(torch.tanh((states[-1] + e[:, t]) @ W.t() + b))
        H = torch.stack(states, 1)
        ctx.save_for_backward(e, H, W)
        return H[:, 1:].clone()

    @staticmethod
    def backward(ctx, g):
        e, H, W = ctx.saved_tensors
        ge, gW, gb = torch.zeros_like(e), torch.zeros_like(W), torch.zeros_like(W[0])
        carried = torch.zeros_like(H[:, 0])
        for t in reversed(range(e.shape[1])):
            d = (g[:, t] + carried) * (1 - H[:, t + 1] ** 2)
            gW += d.t() @ (H[:, t] + e[:, t])
            gb += d.sum(0)
            carried = d @ W
            ge[:, t] = carried
        return ge, None, gW, gb


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.W = nn.Parameter(torch.randn(hidden_size, hidden_size) / hidden_size**0.5)
        self.b = nn.Parameter(torch.zeros(hidden_size))
        self.out = nn.Linear(hidden_size, vocab_size)
        self.reset()

    def forward(self, x):
        e = self.emb(x)
        h = self.state if self.state is not None else torch.zeros_like(e[:, 0])
        states = Read.apply(e, h.detach(), self.W, self.b)
        self.state = states[:, -1].detach()
        return self.out(states)

    def reset(self):
        self.state = None
