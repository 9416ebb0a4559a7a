import torch
from torch import nn
import torch.nn.functional as F


from dataclasses import dataclass
from typing import Optional

@dataclass
class State:
    h: torch.Tensor
    c: torch.Tensor
    def cut(self):
        return State(self.h.detach(), self.c.detach())

class TiedOut(nn.Module):
    def __init__(self, emb):
        super().__init__()
        self.emb = emb
        self.bias = nn.Parameter(torch.zeros(emb.num_embeddings))
    def forward(self, h):
        return h @ self.emb.weight.T + self.bias

class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        nn.init.uniform_(self.emb.weight, -.1, .1)
        self.rnns = nn.ModuleList(nn.LSTM(hidden_size, hidden_size, 1, batch_first=True) for _ in range(num_layers))
        self.dp = nn.Dropout(p=p)
        self.out = TiedOut(self.emb)
        self.reset()
        print("made", sum(q.numel() for q in self.parameters()))
    def reset(self) -> None:
        self._s: list[Optional[State]] = [None for _ in self.rnns]
    @property
    def p(self): return self.dp.p
    def forward(self, x):
        a = self.emb(x)
        new = []
        for rnn, s in zip(self.rnns, self._s):
            a, (h, c) = rnn(a) if s is None else rnn(a, (s.h, s.c))
            new.append(State(h, c).cut())
        self._s = new
        d = self.dp(a)
        return self.out(d), a, d

if __name__ == "__main__":
    m = AWDLanguageModel(10, 8, 2, .5)
    print([t.shape for t in m(torch.randint(10, (2, 3)))])
    m.reset()
