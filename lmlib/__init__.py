"""Language models, small enough to read.

A name is imported when it is first used, so `import lmlib.checks.dropout` loads no model.
"""
# ruff: noqa: F401 (for type checkers and editors; `MODULES` says the same at run time)

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lmlib import results
    from lmlib.awd import AWDLSTM
    from lmlib.corpus import human_numbers, number_name
    from lmlib.data import (
        batches,
        chunks,
        join_lines,
        lane_batches,
        lanes,
        split_stream,
        word_windows,
    )
    from lmlib.dropout import Dropout, EmbeddingDropout, LockedDropout, WeightDropout
    from lmlib.evaluation import evaluate
    from lmlib.losses import activation_reg, sequence_loss, temporal_activation_reg
    from lmlib.lstm import LSTMCell, RefactoredLSTMCell, load_lstm_cell
    from lmlib.models import LMModel1, LMModel2, LMModel3, LMModel4
    from lmlib.pointer import PointerSentinelLM
    from lmlib.recipes import RECIPES, published_batches, train_published
    from lmlib.sampling import generate
    from lmlib.schedule import one_cycle
    from lmlib.stacked import LMModel5, LMModel6, LMModel7
    from lmlib.text import load_text
    from lmlib.training import fit
    from lmlib.vocab import Vocab

MODULES = {
    "awd": "AWDLSTM",
    "corpus": "human_numbers number_name",
    "data": "batches chunks join_lines lane_batches lanes split_stream word_windows",
    "dropout": "Dropout EmbeddingDropout LockedDropout WeightDropout",
    "evaluation": "evaluate",
    "losses": "activation_reg sequence_loss temporal_activation_reg",
    "lstm": "LSTMCell RefactoredLSTMCell load_lstm_cell",
    "models": "LMModel1 LMModel2 LMModel3 LMModel4",
    "pointer": "PointerSentinelLM",
    "recipes": "RECIPES published_batches train_published",
    "results": "",
    "sampling": "generate",
    "schedule": "one_cycle",
    "stacked": "LMModel5 LMModel6 LMModel7",
    "text": "load_text",
    "training": "fit",
    "vocab": "Vocab",
}
HOMES = {name: module for module, names in MODULES.items() for name in names.split()}
__all__ = ["results", *HOMES]


if not TYPE_CHECKING:  # a type checker shall know what there isn't

    def __getattr__(name: str) -> Any:
        if name in HOMES:
            value = getattr(import_module(f"lmlib.{HOMES[name]}"), name)
        elif name in MODULES:
            value = import_module(f"lmlib.{name}")
        else:
            raise AttributeError(f"module 'lmlib' has no attribute {name!r}")
        globals()[name] = value  # found there from now on
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *MODULES})
