"""The course's seven models, each one idea more than the one before."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from lmlib.dropout import Dropout
from lmlib.recurrence import RNN, recur
from lmlib.state import check_rows


class LMModel1(nn.Module):
    r"""Predict the fourth word from three, with the three steps written out.

    .. math:: h_i = \phi(W (h_{i-1} + e_{x_i}) + b), \quad h_0 = 0

    One embedding, one hidden layer and one output layer serve all three words: how a word
    changes the state must not depend on its place. Source: fast.ai's book, chapter 12.
    """

    window = 3  # words read at a time

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__()
        self.i_h = nn.Embedding(vocab_size, hidden_size)  # input to hidden
        self.h_h = nn.Linear(hidden_size, hidden_size)  # hidden to hidden
        self.h_o = nn.Linear(hidden_size, vocab_size)  # hidden to output

    def forward(self, x: Int64[Tensor, "batch 3"]) -> Float[Tensor, "batch vocab"]:
        h = torch.relu(self.h_h(self.i_h(x[:, 0])))
        h = torch.relu(self.h_h(h + self.i_h(x[:, 1])))
        h = torch.relu(self.h_h(h + self.i_h(x[:, 2])))
        return self.h_o(h)


class LMModel2(LMModel1):
    """The same function as a loop, so that it reads any number of words."""

    def forward(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch vocab"]:
        h: Tensor | int = 0  # broadcasts
        for word in x.unbind(dim=1):
            h = torch.relu(self.h_h(h + self.i_h(word)))
        return self.h_o(h)


class LMModel3(LMModel1):
    """Keep the state from call to call, so that each batch goes on where the last one ended."""

    h: Tensor | None

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__(vocab_size, hidden_size)
        self.register_buffer("h", None, persistent=False)  # follows .to(device), is not saved

    def forward(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch vocab"]:
        return self.h_o(self.read(x)[:, -1])

    def read(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch seq hidden"]:
        """Return the state after each word; keep the last one, cut from its history."""
        check_rows(self.h, x)
        h = 0 if self.h is None else self.h
        states = []
        for word in x.unbind(dim=1):
            h = torch.relu(self.h_h(h + self.i_h(word)))
            states.append(h)
        self.h = states[-1].detach()
        return torch.stack(states, dim=1)

    def reset(self) -> None:
        """Forget the state: the next call starts a new text, with any batch size."""
        self.h = None


class LMModel4(LMModel3):
    """Predict the next word after every word, not only after the last of a batch."""

    def forward(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch seq vocab"]:
        return self.h_o(self.read(x))

    def read(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch seq hidden"]:
        """Return the same states as LMModel3, in fewer operations.

        W (h + e) is W h + W e, and W e + b has only one value for each word of the vocabulary:
        it is computed once, before the loop.
        """
        check_rows(self.h, x)
        words = F.embedding(x, self.h_h(self.i_h.weight))
        states = recur(words, self.h_h.weight, self.h, phi="relu")
        self.h = states[:, -1].detach()
        return states


class LMModel5(nn.Module):
    """Stack recurrent layers: layer 2 reads the states of layer 1. Here they use tanh."""

    h: Tensor | None

    def __init__(self, vocab_size: int, hidden_size: int, num_layers: int = 2) -> None:
        super().__init__()
        self.i_h = nn.Embedding(vocab_size, hidden_size)
        self.rnn = RNN(hidden_size, hidden_size, num_layers)
        self.h_o = nn.Linear(hidden_size, vocab_size)
        self.register_buffer("h", None, persistent=False)

    def forward(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch seq vocab"]:
        check_rows(self.h, x, batch_dim=1)
        raw, h = self.rnn(self.i_h(x), self.h)
        self.h = h.detach()
        return self.h_o(raw)

    def reset(self) -> None:
        """Forget the state: the next call starts a new text, with any batch size."""
        self.h = None


class LMModel6(nn.Module):
    """Stack LSTM layers, which keep a memory c beside the state h."""

    h: Tensor | None
    c: Tensor | None

    def __init__(self, vocab_size: int, hidden_size: int, num_layers: int = 2) -> None:
        super().__init__()
        self.i_h = nn.Embedding(vocab_size, hidden_size)
        self.rnn = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.h_o = nn.Linear(hidden_size, vocab_size)
        self.register_buffer("h", None, persistent=False)
        self.register_buffer("c", None, persistent=False)

    def forward(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch seq vocab"]:
        return self.h_o(self.read(x))

    def read(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch seq hidden"]:
        """Return the top layer's output after each word; keep both states, cut from history."""
        check_rows(self.h, x, batch_dim=1)
        state = None if self.h is None else (self.h, self.c)
        raw, (h, c) = self.rnn(self.i_h(x), state)
        self.h, self.c = h.detach(), c.detach()
        return raw

    def reset(self) -> None:
        """Forget both states: the next call starts a new text, with any batch size."""
        self.h = self.c = None


class LMModel7(LMModel6):
    """Regularise: dropout on the output, and one matrix for embedding and output layer.

    Returns the logits and, for the two penalties, the LSTM's output before and after dropout.
    """

    def __init__(
        self, vocab_size: int, hidden_size: int, num_layers: int = 2, p: float = 0.4
    ) -> None:
        super().__init__(vocab_size, hidden_size, num_layers)
        self.dropout = Dropout(p)
        self.h_o.weight = self.i_h.weight  # one Parameter, trained from both ends

    def forward(
        self, x: Int64[Tensor, "batch seq"]
    ) -> tuple[
        Float[Tensor, "batch seq vocab"],
        Float[Tensor, "batch seq hidden"],
        Float[Tensor, "batch seq hidden"],
    ]:
        raw = self.read(x)
        dropped = self.dropout(raw)
        return self.h_o(dropped), raw, dropped
