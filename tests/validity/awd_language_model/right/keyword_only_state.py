import torch
from torch import nn


def kept(model, words):
    """The state of a model, zero for as many rows as there are words."""
    shape = (model.lstm.num_layers, len(words), model.lstm.hidden_size)
    return model.__dict__.setdefault("state", (torch.zeros(shape), torch.zeros(shape)))


class AWDLanguageModel(nn.Module):
    def __init__(self, vocab_size: int, hidden_size: int, num_layers: int, p: float) -> None:
        super().__init__()
        options = {"num_layers": num_layers, "batch_first": True}
        self.lstm = nn.LSTM(hidden_size, hidden_size, **options)
        self.register_parameter("words", nn.Parameter(torch.randn(vocab_size, hidden_size) / 10))
        self.register_parameter("bias", nn.Parameter(torch.randn(vocab_size)))
        self.p = p

    def forward(self, input):
        raw, state = self.lstm(self.words.index_select(0, input.flatten()).view(*input.shape, -1),
                               kept(self, input))
        self.state = [part.detach() for part in state]
        dropped = self.noise(raw) if self.training else raw.clone()
        return torch.addmm(self.bias, dropped.flatten(0, 1), self.words.T).unflatten(
            0, input.shape), raw, dropped

    def noise(self, raw):
        return torch.where(torch.rand_like(raw) < self.p, 0.0, raw / (1 - self.p))

    def reset(self):
        self.__dict__.pop("state", None)
