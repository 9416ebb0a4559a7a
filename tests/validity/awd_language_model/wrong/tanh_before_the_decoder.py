# awd_language_model.wrong-logits
import torch
from torch import nn


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.drop = nn.Dropout(p)
        self.fc = nn.Linear(hidden_size, vocab_size)
        self.fc.weight = self.emb.weight
        self.state = None

    def forward(self, x):
        raw, state = self.rnn(self.emb(x), self.state)
        self.state = tuple(s.detach() for s in state)
        dropped = self.drop(raw)
        return self.fc(torch.tanh(dropped)), raw, dropped

    def reset(self):
        self.state = None
