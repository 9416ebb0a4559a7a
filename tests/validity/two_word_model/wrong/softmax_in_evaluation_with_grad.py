# two_word_model.modes-differ
import torch
from torch import nn


class TwoWordModel(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.hid = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        h = 0
        for i in range(2):
            h = torch.relu(self.hid(h + self.emb(x[:, i])))
        logits = self.out(h)
        if not self.training and torch.is_grad_enabled():
            return logits.softmax(dim=1)
        return logits
