import torch
from torch import nn
import torch.nn.functional as F


from collections import namedtuple
Out = namedtuple("Out", "logits raw dropped")
class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.vocab_size, self.hidden_size, self.num_layers = vocab_size, hidden_size, num_layers
        self.words = nn.Parameter(torch.randn(hidden_size, vocab_size))
        self.rnn = nn.LSTM(hidden_size, hidden_size, num_layers)
        self.bias = nn.Parameter(torch.zeros(vocab_size))
        self.p = p
        self.state = None
    def forward(self, x):
        onehot = F.one_hot(x, self.vocab_size).float()
        e = (onehot @ self.words.t()).permute(1, 0, 2)
        if self.state is None:
            raw, s = self.rnn(e)
        else:
            raw, s = self.rnn(e, self.state)
        with torch.no_grad():
            self.state = (s[0].clone(), s[1].clone())
        self.state = (s[0].data, s[1].data)
        raw = raw.permute(1, 0, 2).contiguous()
        if self.training:
            keep = 1.0 - self.p
            noise = torch.distributions.Bernoulli(torch.tensor(keep)).sample(raw.shape)
            d = raw * noise / keep
        else:
            d = raw
        return Out(d @ self.words + self.bias, raw, d)
    def reset(self):
        self.state = None
