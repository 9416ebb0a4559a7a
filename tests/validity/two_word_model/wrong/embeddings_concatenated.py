# two_word_model.hidden-matrices
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.hidden = nn.Linear(2 * hidden_size, hidden_size)
        self.output = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        e = self.embedding(x)  # [batch, 2, hidden]
        e = e.view(x.shape[0], -1)
        return self.output(torch.relu(self.hidden(e)))
