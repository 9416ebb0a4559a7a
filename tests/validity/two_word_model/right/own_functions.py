import torch
import torch.nn as nn
import torch.nn.functional as F


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super(TwoWordModel, self).__init__()
        self.vocab_size = vocab_size
        self.hidden_size = hidden_size
        self.i_h = nn.Embedding(vocab_size, hidden_size)
        self.h_h = nn.Linear(hidden_size, hidden_size)
        self.h_o = nn.Linear(hidden_size, vocab_size)
        self._init()

    def _init(self):
        nn.init.xavier_uniform_(self.h_h.weight)
        nn.init.zeros_(self.h_h.bias)

    def step(self, h, word):
        return F.relu(self.h_h(h + self.i_h(word)))

    def forward(self, x):
        batch_size = x.shape[0]
        h = torch.zeros(batch_size, self.hidden_size, device=x.device)
        h = self.step(h, x[:, 0])
        h = self.step(h, x[:, 1])
        logits = self.h_o(h)
        assert logits.shape == (batch_size, self.vocab_size)
        return logits
