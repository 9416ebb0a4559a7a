import torch
from torch import nn
import torch.nn.functional as F
class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.p = p
        self.emb = nn.Embedding(vocab_size, hidden_size)
        self.lstm = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.out = nn.Linear(hidden_size, vocab_size); del self.out.weight; self.out.register_parameter('weight', self.emb.weight)
        self.state = None
    def reset(self): self.state = None
    def forward(self, x):
        raw, st = self.lstm(self.emb(x), self.state)
        self.state = tuple(s.detach() for s in st)
        dropped = F.dropout(raw, p=self.p, training=self.training); logits = self.out(dropped)
        return logits, raw, dropped

