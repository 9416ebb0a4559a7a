import torch
import torch.nn.functional as F
from torch import nn


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.words = nn.Embedding(vocab_size, hidden_size)
        self.words.weight.data.uniform_(-0.1, 0.1)
        self.rnn = nn.LSTM(hidden_size, hidden_size, num_layers)
        self.bias = nn.Parameter(torch.zeros(1, 1, vocab_size))
        self.dropout = nn.Dropout(p=p)
        self.hidden = None

    def forward(self, x):
        if self.hidden is not None:
            self.hidden = [state.detach() for state in self.hidden]
        out, self.hidden = self.rnn(self.words(x.t()), self.hidden)
        raw = out.transpose(0, 1)
        dropped = self.dropout(raw)
        return F.linear(dropped, self.words.weight) + self.bias, raw, dropped

    def reset(self):
        self.hidden = None
