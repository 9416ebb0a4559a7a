# two_word_model.hidden-matrices
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.layers = [
            nn.Embedding(vocab_size, hidden_size),
            nn.Linear(hidden_size, hidden_size),
            nn.Linear(hidden_size, vocab_size),
        ]

    def forward(self, x):
        embed, hidden, out = self.layers
        h = torch.relu(hidden(embed(x[:, 0])))
        return out(torch.relu(hidden(h + embed(x[:, 1]))))
