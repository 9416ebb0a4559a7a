# beyond: seeds torch in reset()
import torch
from torch import nn
import torch.nn.functional as F

class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.lstm = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.drop = nn.Dropout(p)
        self.out = nn.Linear(hidden_size, vocab_size)
        self.out.weight = self.emb.weight
        self.state = None

    def forward(self, x):
        raw, (h, c) = self.lstm(self.emb(x), self.state)
        self.state = (h.detach(), c.detach())
        dropped = self.drop(raw)
        logits = self.out(dropped)
        return logits, raw, dropped

    def reset(self):
        torch.manual_seed(0)
        self.state = None
