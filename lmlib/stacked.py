"""LMModel5 to LMModel7: stacked layers, then LSTM layers, then regularisation and tied weights."""

from jaxtyping import Float, Int64
from torch import Tensor, nn

from lmlib.arguments import check_sizes
from lmlib.dropout import Dropout
from lmlib.inputs import Embedding, check_rows, check_words
from lmlib.recurrence import RNN


class LMModel5(nn.Module):
    """Stack recurrent layers: layer 2 reads the states of layer 1. Their default is tanh.

    Raises ValueError unless `nonlinearity` is "tanh" or "relu"; else what LMModel3 raises.
    """

    h: Tensor | None

    def __init__(
        self, vocab_size: int, hidden_size: int, num_layers: int = 2, nonlinearity: str = "tanh"
    ) -> None:
        super().__init__()
        self.i_h = Embedding(vocab_size, hidden_size)
        self.rnn = RNN(hidden_size, hidden_size, num_layers, nonlinearity)
        self.h_o = nn.Linear(hidden_size, vocab_size)
        self.register_buffer("h", None, persistent=False)

    def forward(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch seq vocab"]:
        check_words(x)
        check_rows(self.h, x, batch_dim=1)
        raw, h = self.rnn(self.i_h(x), self.h)
        self.h = h.detach()
        return self.h_o(raw)

    def reset(self) -> None:
        """Forget the state: the next call starts a new text, with any batch size."""
        self.h = None


class LMModel6(nn.Module):
    """Stack LSTM layers, which keep a memory c beside the state h. Raises what LMModel3 raises."""

    h: Tensor | None
    c: Tensor | None

    def __init__(self, vocab_size: int, hidden_size: int, num_layers: int = 2) -> None:
        super().__init__()
        self.i_h = Embedding(vocab_size, hidden_size)
        check_sizes(num_layers=num_layers)
        self.rnn = nn.LSTM(hidden_size, hidden_size, num_layers, batch_first=True)
        self.h_o = nn.Linear(hidden_size, vocab_size)
        self.register_buffer("h", None, persistent=False)
        self.register_buffer("c", None, persistent=False)

    def forward(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch seq vocab"]:
        return self.h_o(self.read(x))

    def read(self, x: Int64[Tensor, "batch seq"]) -> Float[Tensor, "batch seq hidden"]:
        """Return the top layer's output after each word; keep both states, cut from history."""
        check_words(x)
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
    Raises ValueError unless 0 ≤ p < 1; else what LMModel3 raises. Source: Merity, Keskar & Socher
    2017; the tied weights are from Press & Wolf 2017 and Inan, Khosravi & Socher 2017.
    """

    def __init__(
        self,
        vocab_size: int,
        hidden_size: int,
        num_layers: int = 2,
        p: float = 0.4,
        tied: bool = True,
    ) -> None:
        super().__init__(vocab_size, hidden_size, num_layers)
        self.dropout = Dropout(p)
        if tied:
            self.h_o.weight = self.i_h.weight  # one Parameter, trained from both ends

    def forward(  # type: ignore[override]
        self, x: Int64[Tensor, "batch seq"]
    ) -> tuple[
        Float[Tensor, "batch seq vocab"],
        Float[Tensor, "batch seq hidden"],
        Float[Tensor, "batch seq hidden"],
    ]:
        raw = self.read(x)
        dropped = self.dropout(raw)
        return self.h_o(dropped), raw, dropped
