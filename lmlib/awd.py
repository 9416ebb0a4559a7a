"""AWD-LSTM: a stack of LSTM layers with dropout in five places and tied weights."""

import itertools

from jaxtyping import Float, Int64
from torch import Tensor, nn

from lmlib.arguments import check_sizes
from lmlib.dropout import EmbeddingDropout, LockedDropout, WeightDropout, check_p
from lmlib.evaluation import reset
from lmlib.inputs import check_rows, check_words


class KeptLSTM(WeightDropout):
    """One LSTM layer with dropped recurrent weights, which keeps its state from call to call."""

    h: Tensor | None
    c: Tensor | None

    def __init__(self, input_size: int, hidden_size: int, weight_p: float) -> None:
        lstm = nn.LSTM(input_size, hidden_size, batch_first=True)
        super().__init__(lstm, ["weight_hh_l0"], weight_p)
        self.register_buffer("h", None, persistent=False)
        self.register_buffer("c", None, persistent=False)

    def forward(self, x: Float[Tensor, "batch seq input"]) -> Float[Tensor, "batch seq hidden"]:
        check_rows(self.h, x, batch_dim=1)
        state = None if self.h is None else (self.h, self.c)
        raw, (h, c) = super().forward(x, state)
        self.h, self.c = h.detach(), c.detach()
        return raw

    def reset(self) -> None:
        """Forget the state."""
        self.h = self.c = None


class AWDLSTM(nn.Module):
    """The language model of Merity, Keskar & Socher 2017 (averaged SGD is left to the trainer).

    Dropped are whole words (`embed_p`), units of the first input (`input_p`), of the states
    between layers (`hidden_p`) and of the last one (`output_p`), and entries of the recurrent
    weights (`weight_p`); each mask serves a whole batch of text. The last layer has the
    embedding's size, so that embedding and output layer can share one matrix. Raises ValueError
    unless all five are at least 0 and below 1; else what LMModel3 raises.
    """

    def __init__(
        self,
        vocab_size: int,
        embed_size: int = 400,
        hidden_size: int = 1152,
        num_layers: int = 3,
        *,
        embed_p: float = 0.02,
        input_p: float = 0.25,
        weight_p: float = 0.2,
        hidden_p: float = 0.15,
        output_p: float = 0.1,
    ) -> None:
        super().__init__()
        check_sizes(vocab_size=vocab_size, embed_size=embed_size)
        check_sizes(hidden_size=hidden_size, num_layers=num_layers)
        for name, p in (
            ("embed_p", embed_p), ("input_p", input_p), ("weight_p", weight_p),
            ("hidden_p", hidden_p), ("output_p", output_p),
        ):  # fmt: skip
            check_p(p, name)
        sizes = [embed_size] + [hidden_size] * (num_layers - 1) + [embed_size]
        self.embedding = nn.Embedding(vocab_size, embed_size)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)  # tied: large ones give wild logits
        self.words = EmbeddingDropout(self.embedding, embed_p)
        self.layers = nn.ModuleList(KeptLSTM(n, m, weight_p) for n, m in itertools.pairwise(sizes))
        between = [input_p] + [hidden_p] * (num_layers - 1)
        self.before = nn.ModuleList(LockedDropout(p) for p in between)
        self.after = LockedDropout(output_p)
        self.output = nn.Linear(embed_size, vocab_size)
        self.output.weight = self.embedding.weight

    def forward(
        self, x: Int64[Tensor, "batch seq"]
    ) -> tuple[
        Float[Tensor, "batch seq vocab"],
        Float[Tensor, "batch seq embed"],
        Float[Tensor, "batch seq embed"],
    ]:
        """Return the logits and the last layer's output before and after dropout."""
        check_words(x)
        raw = self.words(x)
        for dropout, lstm in zip(self.before, self.layers, strict=True):
            raw = lstm(dropout(raw))
        dropped = self.after(raw)
        return self.output(dropped), raw, dropped

    def reset(self) -> None:
        """Forget the states: the next call starts a new text, with any batch size."""
        for layer in self.layers:
            reset(layer)
