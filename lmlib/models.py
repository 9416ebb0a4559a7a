"""LMModel1 to LMModel4: one recurrent layer, each model one idea more than the one before."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from lmlib.inputs import Embedding, check_rows, check_words, look_up
from lmlib.recurrence import recur


class LMModel1(nn.Module):
    r"""Predict the fourth word from three, with the three steps written out.

    .. math:: h_i = \phi(W (h_{i-1} + e_{x_i}) + b), \quad h_0 = 0

    One embedding, one hidden layer and one output layer serve all three words: how a word
    changes the state must not depend on its place. Source: fast.ai's book, chapter 12.

    All models of the course raise ValueError for a size below 1, for words that are not
    [batch, seq], and for another batch size than that of a kept state; TypeError for words that
    are not int64; IndexError for an id outside the vocabulary.
    """

    window: int | None = 3  # words read at a time; None is any number

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__()
        self.i_h = Embedding(vocab_size, hidden_size)  # input to hidden
        self.h_h = nn.Linear(hidden_size, hidden_size)  # hidden to hidden
        self.h_o = nn.Linear(hidden_size, vocab_size)  # hidden to output

    def forward(self, x: Int64[Tensor, "batch 3"]) -> Float[Tensor, "batch vocab"]:
        check_words(x, seq_len=3)
        h = torch.relu(self.h_h(self.i_h(x[:, 0])))
        h = torch.relu(self.h_h(h + self.i_h(x[:, 1])))
        h = torch.relu(self.h_h(h + self.i_h(x[:, 2])))
        return self.h_o(h)


class LMModel2(LMModel1):
    """The same function as a loop, so that it reads any number of words. Raises as LMModel1."""

    window = None

    def forward(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch vocab"]:
        check_words(x)
        h: Tensor | int = 0  # broadcasts
        for word in x.unbind(dim=1):
            h = torch.relu(self.h_h(h + self.i_h(word)))
        return self.h_o(h)


class LMModel3(LMModel1):
    """Keep the state from call to call, so that each batch goes on where the last one ended.

    Raises what LMModel1 raises, and RuntimeError for a state that `torch.inference_mode` left to
    a call that wants gradients.
    """

    window = None
    h: Tensor | None

    def __init__(self, vocab_size: int, hidden_size: int) -> None:
        super().__init__(vocab_size, hidden_size)
        self.register_buffer("h", None, persistent=False)  # follows .to(device), is not saved

    def forward(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch vocab"]:
        return self.h_o(self.read(x)[:, -1])

    def read(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch seq hidden"]:
        """Return the state after each word; keep the last one, cut from its history."""
        check_words(x)
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
    """Predict the next word after every word, not only the last. Raises what LMModel3 raises."""

    phi = "relu"

    def forward(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch seq vocab"]:
        return self.h_o(self.read(x))

    def read(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch seq hidden"]:
        """Return the same states as LMModel3, in fewer operations.

        W (h + e) is W h + W e, and W e + b has only one value for each word of the vocabulary:
        it is computed once, before the loop.
        """
        check_words(x)
        check_rows(self.h, x)
        words = look_up(x, self.h_h(self.i_h.weight))
        states = recur(words, self.h_h.weight, self.h, self.phi)
        self.h = states[:, -1].detach()
        return states
