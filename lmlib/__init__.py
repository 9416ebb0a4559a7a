"""Language models, small enough to read."""

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

__all__ = [
    "AWDLSTM",
    "RECIPES",
    "Dropout",
    "EmbeddingDropout",
    "LMModel1",
    "LMModel2",
    "LMModel3",
    "LMModel4",
    "LMModel5",
    "LMModel6",
    "LMModel7",
    "LSTMCell",
    "LockedDropout",
    "PointerSentinelLM",
    "RefactoredLSTMCell",
    "Vocab",
    "WeightDropout",
    "activation_reg",
    "batches",
    "chunks",
    "evaluate",
    "fit",
    "generate",
    "human_numbers",
    "join_lines",
    "lane_batches",
    "lanes",
    "load_lstm_cell",
    "load_text",
    "number_name",
    "one_cycle",
    "published_batches",
    "results",
    "sequence_loss",
    "split_stream",
    "temporal_activation_reg",
    "train_published",
    "word_windows",
]
