from torch import nn


class Memory(nn.Module):
    """A state as a module of its own."""

    def __init__(self):
        super().__init__()
        self.value = None

    def forward(self, new=None):
        if new is not None:
            self.value = new.data
        return self.value


class StatefulRNN(nn.Module):
    def __init__(self, vocab_size, hidden_size):
        super().__init__()
        self.calls = 0
        self.memory = Memory()
        self.embedding = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.RNN(hidden_size, hidden_size, num_layers=1, batch_first=True)
        self.head = nn.Linear(hidden_size, vocab_size)
        self.head.weight = self.embedding.weight
        nn.init.normal_(self.head.weight, std=0.5)

    def train(self, mode=True):
        self.calls = 0
        return super().train(mode)

    def forward(self, x):
        self.calls += 1
        states, last = self.rnn(self.embedding(x), self.memory())
        self.memory(last)
        return self.head(states)

    def reset(self):
        self.memory = Memory()
