"""The published training recipes of the seven models, and the data they use."""

from typing import Any, NamedTuple

from torch import nn

from lmlib.arguments import check_sizes
from lmlib.corpus import human_numbers
from lmlib.data import Batch, batches, join_lines, lane_batches, lanes, split_stream, word_windows
from lmlib.models import LMModel1, LMModel2, LMModel3, LMModel4
from lmlib.schedule import Momenta
from lmlib.stacked import LMModel5, LMModel6, LMModel7
from lmlib.training import History, fit
from lmlib.vocab import Vocab

BATCH_SIZE = HIDDEN_SIZE = 64


class Recipe(NamedTuple):
    """What fast.ai's book, chapter 12, trains a model with."""

    model: type[nn.Module]
    seq_len: int
    epochs: int
    lr: float
    weight_decay: float = 0.01
    momenta: Momenta = (0.95, 0.85, 0.95)
    alpha: float = 0.0
    beta: float = 0.0

    def settings(self) -> dict[str, Any]:
        """Return the arguments of `fit`."""
        return {k: v for k, v in self._asdict().items() if k not in ("model", "seq_len")}


RECIPES = {
    1: Recipe(LMModel1, 3, 4, 1e-3),
    2: Recipe(LMModel2, 3, 4, 1e-3),
    3: Recipe(LMModel3, 3, 10, 3e-3),
    4: Recipe(LMModel4, 16, 15, 3e-3),
    5: Recipe(LMModel5, 16, 15, 3e-3),
    6: Recipe(LMModel6, 16, 15, 1e-2),
    7: Recipe(LMModel7, 16, 15, 1e-2, 0.1, (0.8, 0.7, 0.8), 2.0, 1.0),
}


def published_batches(number: int) -> tuple[list[Batch], list[Batch], Vocab]:
    """Return training batches, validation batches and vocabulary of LMModel`number`.

    Models 1 and 2 read windows in file order, model 3 reads them in lanes, the others read
    lanes with a target after every word. Raises what `recipe_of` raises.
    """
    recipe = recipe_of(number)
    tokens = join_lines(human_numbers())
    vocab = Vocab.from_tokens(tokens)
    parts = split_stream(vocab.encode(tokens), recipe.seq_len)
    if number >= 4:
        train, valid = (lane_batches(part, BATCH_SIZE, recipe.seq_len) for part in parts)
        return train, valid, vocab
    (x, y), (vx, vy) = (word_windows(part, recipe.seq_len) for part in parts)
    if number == 3:
        train, valid = (
            list(zip(lanes(a, BATCH_SIZE), lanes(b, BATCH_SIZE), strict=True))
            for a, b in ((x, y), (vx, vy))
        )
        return train, valid, vocab
    return batches(x, y, BATCH_SIZE, drop_last=True), batches(vx, vy, BATCH_SIZE), vocab


def train_published(
    number: int,
    model: nn.Module | None = None,
    epochs: int | None = None,
    progress: bool = True,
) -> tuple[nn.Module, History]:
    """Train LMModel`number`, or another `model` in its place, by the published recipe.

    With other `epochs` than the recipe's the whole one-cycle schedule is shorter or longer.
    Returns the model and the history of `fit`. Raises what `recipe_of` and `fit` raise. Source:
    fast.ai's book, chapter 12.
    """
    recipe = recipe_of(number)
    if epochs is not None:
        recipe = recipe._replace(epochs=epochs)
    train, valid, vocab = published_batches(number)
    model = recipe.model(len(vocab), HIDDEN_SIZE) if model is None else model
    return model, fit(model, train, valid, progress=progress, **recipe.settings())


def recipe_of(number: int) -> Recipe:
    """Return the recipe; raise TypeError or ValueError unless the number is one of 1 to 7."""
    check_sizes(most=max(RECIPES), number=number)
    return RECIPES[number]
