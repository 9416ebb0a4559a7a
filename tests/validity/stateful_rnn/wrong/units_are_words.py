# stateful_rnn.no-hidden-matrix
import torch
from torch import nn
import torch.nn.functional as F
import math
class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.RNN(hidden_size, vocab_size, batch_first=True)
        self.h = None
    def reset(self): self.h = None
    def forward(self, x):
        y, h = self.rnn(self.emb(x), self.h)
        self.h = h.detach()
        return y
