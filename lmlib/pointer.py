"""Beyond the 39 questions: a model that can copy a word it has just read."""

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn

from lmlib.arguments import check_sizes
from lmlib.stacked import LMModel7


class PointerSentinelLM(LMModel7):
    r"""Mix the vocabulary's prediction with a pointer to words that followed earlier states.

    .. math:: p(w) = a_s \, p_{vocab}(w) + \sum_{i < t,\; x_{i+1} = w} a_i, \qquad
        (a, a_s) = \mathrm{softmax}(q_t \cdot h_i, \; q_t \cdot s)

    State i was followed by word i + 1. A query made from the present state compares itself with
    the last `memory_size` such states and with a sentinel; the sentinel's share goes to the
    vocabulary. Returns (log p, raw, dropped), log p in nats. Raises ValueError for a
    `memory_size` below 1; else what LMModel7 raises. Sources: Merity, Xiong, Bradbury & Socher
    2016; the pairs of a state and the word after it: Grave, Joulin & Usunier 2017.
    """

    states: Tensor | None
    words: Tensor | None

    def __init__(
        self,
        vocab_size: int,
        hidden_size: int,
        num_layers: int = 2,
        p: float = 0.4,
        memory_size: int = 16,
    ) -> None:
        super().__init__(vocab_size, hidden_size, num_layers, p)
        check_sizes(memory_size=memory_size)
        self.memory_size = memory_size
        self.query = nn.Linear(hidden_size, hidden_size)
        self.sentinel = nn.Parameter(torch.zeros(hidden_size))
        self.register_buffer("states", None, persistent=False)  # [batch, memory, hidden]
        self.register_buffer("words", None, persistent=False)  # [batch, memory − 1]

    def forward(  # type: ignore[override]
        self, x: Int64[Tensor, "batch seq"]
    ) -> tuple[
        Float[Tensor, "batch seq vocab"],
        Float[Tensor, "batch seq hidden"],
        Float[Tensor, "batch seq hidden"],
    ]:
        raw = self.read(x)
        dropped = self.dropout(raw)
        states, words, seen = self.remember(raw, x)
        pointer, sentinel = self.attend(raw, states, seen)
        chance = sentinel * torch.softmax(self.h_o(dropped), dim=-1)
        chance = chance.scatter_add(2, words, pointer)
        return chance.clamp_min(torch.finfo(chance.dtype).tiny).log(), raw, dropped

    def remember(self, raw: Tensor, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return all states, the words [batch, seq, memory] to copy, and which of them are real.

        Step t may point to states t … t + M − 1 of the M remembered and the T new ones.
        """
        B, T, H = raw.shape
        M = self.memory_size
        if self.states is None or self.words is None:
            self.states, self.words = raw.new_zeros(B, M, H), x.new_full((B, M - 1), -1)
        states = torch.cat([self.states, raw], dim=1)  # [B, M + T, H]
        words = torch.cat([self.words, x], dim=1)  # [B, M − 1 + T], each follows its state
        self.states, self.words = states[:, -M:].detach(), words[:, T:]
        words = words.unfold(1, M, 1)  # [B, T, M]
        return states, words.clamp_min(0), words >= 0

    def attend(self, raw: Tensor, states: Tensor, seen: Tensor) -> tuple[Tensor, Tensor]:
        """Return the pointer's weights [batch, seq, memory] and the sentinel's [batch, seq, 1]."""
        T, M = raw.size(1), self.memory_size
        query = torch.tanh(self.query(raw))
        all_scores = query @ states.transpose(1, 2)  # [B, T, M + T]
        near = torch.arange(T, device=raw.device)[:, None] + torch.arange(M, device=raw.device)
        scores = all_scores.gather(2, near.expand(len(raw), T, M))
        scores = scores.masked_fill(~seen, -torch.inf)
        weights = torch.softmax(torch.cat([scores, query @ self.sentinel[:, None]], -1), dim=-1)
        return weights[..., :-1], weights[..., -1:]

    def reset(self) -> None:
        """Forget states and words: the next call starts a new text, with any batch size."""
        super().reset()
        self.states = self.words = None
