from torch import nn


class AWDLanguageModel(nn.Module):
    """Overrides train() and eval(), counts its words, and squeezes nothing."""

    def __init__(self, vocab_size, hidden_size, num_layers, p):
        super().__init__()
        self.read = 0
        self.dropout_active = True
        self.p = p
        self.core = nn.ModuleDict(
            {
                "embed": nn.Embedding(vocab_size, hidden_size),
                "lstm": nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True),
                "head": nn.Linear(hidden_size, vocab_size),
            }
        )
        self.core["head"].weight = self.core["embed"].weight
        self.past = ()

    def train(self, mode=True):
        self.dropout_active = mode
        return super().train(mode)

    def forward(self, x):
        self.read += x.numel()
        raw, now = self.core["lstm"](self.core["embed"](x), *self.past)
        self.past = (tuple(n.detach().clone() for n in now),)
        dropped = nn.functional.dropout(raw, self.p, self.dropout_active)
        return self.core["head"](dropped), raw, dropped

    def reset(self):
        self.past = ()
        self.read = 0
