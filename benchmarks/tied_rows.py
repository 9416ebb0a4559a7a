"""Compare the rows of LMModel7's word tables, tied and untied: which words are alike in each?

    python -m benchmarks.tied_rows    # writes results/tied_rows.json

Rows start as random numbers, so a table before training stands beside them. And untied tables
start wide at the input and narrow at the output, so models with other starts do, too.
"""

import argparse
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from benchmarks.chapters import untied_narrow, untied_narrow_wide, untied_wide
from benchmarks.common import RESULTS, machine, number_range, summary, write_results
from lmlib import LMModel7, published_batches, train_published
from lmlib.recipes import HIDDEN_SIZE

KINDS = {
    "digits": "one two three four five six seven eight nine",
    "teens": "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "tens": "twenty thirty forty fifty sixty seventy eighty ninety",
}
OTHER_STARTS = {
    "both wide": untied_wide,
    "both narrow": untied_narrow,
    "narrow input, wide output": untied_narrow_wide,
}


def similarity(table: Tensor) -> Tensor:
    """The cosine of each pair of rows, [V, V]."""
    rows = F.normalize(table.detach(), dim=1)
    return rows @ rows.T


def train(seed: int) -> dict[str, Tensor]:
    """Train both models; return each table's similarities, and those of a table before training."""
    tables = {}
    for tied in (True, False):
        torch.manual_seed(seed)
        model = LMModel7(30, HIDDEN_SIZE, tied=tied)
        tables["before training"] = similarity(model.i_h.weight)  # the same for both
        train_published(7, model, progress=False)
        if tied:
            tables["tied"] = similarity(model.i_h.weight)
        else:
            tables["untied, input"] = similarity(model.i_h.weight)
            tables["untied, output"] = similarity(model.h_o.weight)
    return tables


def train_other_starts(seed: int) -> dict[str, Tensor]:
    """Train untied models from OTHER_STARTS; return the similarities of both tables of each."""
    tables = {}
    for start, make in OTHER_STARTS.items():
        torch.manual_seed(seed)
        model: Any = make()
        train_published(7, model, progress=False)
        tables[f"untied, {start}, input"] = similarity(model.i_h.weight)
        tables[f"untied, {start}, output"] = similarity(model.h_o.weight)
    return tables


def neighbours_of_its_kind(cosines: Tensor, words: list[str]) -> int:
    """How many of the 27 digits, teens and tens have a word of their kind as the most similar."""
    nearest = cosines.clone().fill_diagonal_(-2).argmax(dim=1).tolist()
    kinds = [names.split() for names in KINDS.values()]
    return sum(words[nearest[words.index(word)]] in kind for kind in kinds for word in kind)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tied_rows")
    parser.add_argument("--seeds", default="0-4", type=number_range, help="such as 0-4")
    seeds = parser.parse_args(argv).seeds
    words = published_batches(7)[2].words
    runs, others = [], []
    for seed in tqdm(seeds, unit="seed"):
        runs.append(train(seed))
        others.append(train_other_starts(seed))
    results: dict[str, Any] = {
        "command": "python -m benchmarks.tied_rows",
        "machine": machine(),
        "seeds": seeds,
        "words": words,
        "kinds": KINDS,
        "own_kind_nearest": {
            name: summary([neighbours_of_its_kind(run[name], words) for run in group])
            for group in (runs, others)
            for name in group[0]
        },
        # Of the first seed, in hundredths, a line for each word.
        "similarity": {
            name: [" ".join(map(str, row)) for row in (100 * cosines).round().int().tolist()]
            for name, cosines in runs[0].items()
        },
    }
    write_results(RESULTS / "tied_rows.json", results)


if __name__ == "__main__":
    main()
