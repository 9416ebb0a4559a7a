# awd_language_model.batch-size-kept
import torch
from torch import nn


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.num_layers, self.hidden_size = num_layers, hidden_size
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.lstm = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.drop = nn.Dropout(p)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.out.weight = self.emb.weight
        self.state = None

    def forward(self, x):
        raw, state = self.lstm(self.emb(x), self.state)
        self.state = tuple(s.detach() for s in state)
        dropped = self.drop(raw)
        return self.out(dropped), raw, dropped

    def reset(self):
        zeros = torch.zeros(self.num_layers, 1, self.hidden_size)
        self.state = zeros, zeros.clone()
