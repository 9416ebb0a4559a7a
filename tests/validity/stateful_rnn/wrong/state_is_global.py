# stateful_rnn.state-shared
import torch
from torch import nn


h_kept = 0


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.i_h = nn.Embedding(vocab_size, hidden_size)
        self.h_h = nn.Linear(hidden_size, hidden_size)
        self.h_o = nn.Linear(hidden_size, vocab_size)

    def forward(self, x):
        global h_kept
        h, outs = h_kept, []
        for t in range(x.shape[1]):
            h = torch.tanh(self.h_h(h + self.i_h(x[:, t])))
            outs.append(self.h_o(h))
        h_kept = h.detach()
        return torch.stack(outs, dim=1)

    def reset(self):
        global h_kept
        h_kept = 0
