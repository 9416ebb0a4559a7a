import torch
from torch import nn
import torch.nn.functional as F
import math
class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size, embedding_dim=32):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, embedding_dim)
        self.rnn = nn.RNN(embedding_dim, hidden_size, batch_first=True)
        self.fc = nn.Linear(hidden_size, vocab_size)
        self.hidden = None
    def reset(self): self.hidden = None
    def forward(self, x):
        out, h = self.rnn(self.embedding(x), self.hidden)
        self.hidden = h.detach()
        return self.fc(out)
