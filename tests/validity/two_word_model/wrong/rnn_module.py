# two_word_model.hidden-matrices
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.RNN(hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        out, _ = self.rnn(self.emb(x))
        return self.out(out[:, -1])
