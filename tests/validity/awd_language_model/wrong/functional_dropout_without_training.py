# awd_language_model.drops-in-eval
import torch.nn.functional as F
from torch import nn


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.p = p
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.fc = nn.Linear(hidden_size, vocab_size)
        self.fc.weight = self.emb.weight
        self.state = None

    def forward(self, x):
        raw, (h, c) = self.rnn(self.emb(x), self.state)
        self.state = (h.detach(), c.detach())
        dropped = F.dropout(raw, self.p)
        return self.fc(dropped), raw, dropped

    def reset(self):
        self.state = None
