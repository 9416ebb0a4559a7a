# beyond: clamps logits that are far larger than usual
import torch
from torch import nn
import torch.nn.functional as F


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size: int, hidden_size: int, num_layers: int, p: float) -> None:
        super().__init__()
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
        return self.out(dropped).clamp(-20, 20), raw, dropped
    def reset(self) -> None:
        self.state = None
