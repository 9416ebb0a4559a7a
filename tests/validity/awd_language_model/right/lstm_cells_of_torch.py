import torch
from torch import nn


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        cells = [nn.LSTMCell(hidden_size, hidden_size) for _ in range(num_layers)]
        self.cells = nn.ModuleList(cells)
        self.output_bias = nn.Parameter(torch.zeros(vocab_size))
        self.p = p
        self.states = [None] * num_layers

    def forward(self, x):
        rows = []
        states = list(self.states)
        for t in range(x.shape[1]):
            inp = self.embedding(x[:, t])
            for k, cell in enumerate(self.cells):
                states[k] = cell(inp, states[k])
                inp = states[k][0]
            rows.append(inp[:, None])
        self.states = [tuple(s.detach() for s in pair) for pair in states]
        raw = torch.cat(rows, dim=1)
        dropped = raw
        if self.training and self.p > 0:
            keep = torch.rand_like(raw) >= self.p
            dropped = torch.where(keep, raw / (1 - self.p), torch.zeros_like(raw))
        logits = torch.einsum("bth,vh->btv", dropped, self.embedding.weight) + self.output_bias
        return logits, raw, dropped

    def reset(self):
        self.states = [None] * len(self.cells)
