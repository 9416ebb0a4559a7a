import torch
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        if not self.training:
            return x
        return x * x.new_empty(x.shape).bernoulli_(1 - self.p) / (1 - self.p)


class KeepsState(nn.LSTM):
    state = None

    def forward(self, x):
        out, state = super().forward(x, self.state)
        self.state = tuple(part.detach() for part in state)
        return out


class TiedLinear(nn.Module):
    def __init__(self, embedding):
        super().__init__()
        self.embedding = embedding
        self.bias = nn.Parameter(torch.zeros(embedding.num_embeddings))

    def forward(self, x):
        return x.matmul(self.embedding.weight.t()) + self.bias


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        embedding = nn.Embedding(vocab_size, hidden_size)
        self.reader = nn.Sequential(
            embedding, KeepsState(hidden_size, hidden_size, num_layers, batch_first=True)
        )
        self.dropout = Dropout(p)
        self.decoder = TiedLinear(embedding)

    def forward(self, x):
        raw = self.reader(x)
        dropped = self.dropout(raw)
        return [self.decoder(dropped), raw, dropped]

    def reset(self):
        self.reader[1].state = None
