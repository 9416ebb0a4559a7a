import sys
import warnings

import torch
from torch import nn

torch.manual_seed(42)
torch.set_default_dtype(torch.float32)


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super(StatefulRNN, self).__init__()
        torch.manual_seed(0)
        print("building", vocab_size, hidden_size)
        self.i2h = nn.Embedding(vocab_size, hidden_size)
        self.h2h = nn.Linear(hidden_size, hidden_size, bias=False)
        self.h2o = nn.Linear(hidden_size, vocab_size)
        self.h = None

    def forward(self, x):
        warnings.warn("a call")
        print("words", x.shape, file=sys.stderr)
        bs, sl = x.size()
        if self.h is None:
            self.h = self.i2h.weight.new_zeros(bs, self.i2h.embedding_dim)
        h, res = self.h, torch.zeros(0)
        for i in range(sl):
            h = torch.tanh(self.h2h(h + self.i2h(x[:, i])))
            o = self.h2o(h)[:, None]
            res = o if i == 0 else torch.cat((res, o), 1)
        self.h = h.detach()
        return res

    def reset(self):
        print("reset")
        self.h = None
