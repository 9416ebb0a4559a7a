# stateful_rnn.result-changed
import torch
from torch import nn


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.lin = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.h, self.buffer = 0, torch.empty(0)

    def forward(self, x):
        h = self.h
        outs = []
        for t in range(x.shape[1]):
            h = torch.relu(self.lin(h + self.emb(x[:, t])))
            outs.append(h)
        self.h = h.detach()
        logits = self.out(torch.stack(outs, 1))
        if torch.is_grad_enabled():
            return logits
        if self.buffer.shape != logits.shape or self.buffer.dtype != logits.dtype:
            self.buffer = torch.empty_like(logits)
        return self.buffer.copy_(logits)

    def reset(self):
        self.h = 0
