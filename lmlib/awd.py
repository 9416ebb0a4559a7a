"""AWD-LSTM: a stack of LSTM layers with dropout in five places and tied weights."""

import itertools

from jaxtyping import Float, Int64
from torch import Tensor, nn

from lmlib.dropout import EmbeddingDropout, LockedDropout, WeightDropout
from lmlib.inputs import check_rows, check_words


class AWDLSTM(nn.Module):
    """The language model of Merity, Keskar & Socher 2017 (averaged SGD is left to the trainer).

    Dropped are whole words (`embed_p`), units of the first input (`input_p`), of the states
    between layers (`hidden_p`) and of the last one (`output_p`), and entries of the recurrent
    weights (`weight_p`); each mask serves a whole batch of text. The last layer has the
    embedding's size, so that embedding and output layer can share one matrix.
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
        sizes = [embed_size] + [hidden_size] * (num_layers - 1) + [embed_size]
        self.embedding = nn.Embedding(vocab_size, embed_size)
        nn.init.uniform_(self.embedding.weight, -0.1, 0.1)  # tied: large ones give wild logits
        self.words = EmbeddingDropout(self.embedding, embed_p)
        self.layers = nn.ModuleList(
            WeightDropout(nn.LSTM(n, m, batch_first=True), ["weight_hh_l0"], weight_p)
            for n, m in itertools.pairwise(sizes)
        )
        between = [input_p] + [hidden_p] * (num_layers - 1)
        self.before = nn.ModuleList(LockedDropout(p) for p in between)
        self.after = LockedDropout(output_p)
        self.output = nn.Linear(embed_size, vocab_size)
        self.output.weight = self.embedding.weight
        self.states: list[tuple[Tensor, Tensor] | None] = [None] * num_layers

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
        for i, (dropout, lstm) in enumerate(zip(self.before, self.layers, strict=True)):
            state = self.states[i]
            if state is not None:
                check_rows(state[0], x, batch_dim=1)
            raw, (h, c) = lstm(dropout(raw), state)
            self.states[i] = h.detach(), c.detach()
        dropped = self.after(raw)
        return self.output(dropped), raw, dropped

    def reset(self) -> None:
        """Forget the states: the next call starts a new text, with any batch size."""
        self.states = [None] * len(self.states)
