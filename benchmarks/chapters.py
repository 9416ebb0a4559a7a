"""Train what chapters show but cannot train while you wait.

    python -m benchmarks.chapters                 # everything that is not measured yet
    python -m benchmarks.chapters 09-text-in-order --again

Each row is saved as soon as it is measured, so you can interrupt and go on. Chapters read
`lmlib.results.load("chapters")["NN-slug"]["rows"][label]`.
"""

import argparse
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import nn
from tqdm import tqdm

from benchmarks.common import RESULTS, machine, number_range, read_results, summary, write_results
from lmlib import LMModel2, LMModel3, LMModel4, LMModel5, LMModel6, LMModel7, fit
from lmlib.data import Batch
from lmlib.recipes import HIDDEN_SIZE, RECIPES, published_batches

Data = tuple[list[Batch], list[Batch]]
V, H = 30, HIDDEN_SIZE


class Run(NamedTuple):
    """One row of a table: a model, what it reads and how it is trained."""

    model: Callable[[], nn.Module]
    recipe: int  # the published recipe whose data and settings are used …
    changes: dict[str, Any] | None = None  # … except for these
    reorder: Callable[[Data], Data] = lambda data: data


class TanhLMModel4(LMModel4):
    """LMModel4 with the other nonlinearity."""

    phi = "tanh"


def shuffled(data: Data) -> Data:
    """Put the training batches into a random order (seeded by the run)."""
    train, valid = data
    return [train[i] for i in torch.randperm(len(train)).tolist()], valid


def mixed(data: Data) -> Data:
    """Put the training windows, not only the batches, into a random order."""
    x, y = (torch.cat(parts) for parts in zip(*data[0], strict=True))
    order = torch.randperm(len(x))
    pairs = zip(x[order].split(64), y[order].split(64), strict=True)
    return list(pairs), data[1]


def reverse(data: Data) -> Data:
    """Read the training batches from the last to the first."""
    return data[0][::-1], data[1]


def rows_of_64(data: Data) -> Data:
    """Join four training batches each, so that the state is detached a quarter as often."""
    xs, ys = zip(*data[0], strict=True)
    joined = [
        (torch.cat(xs[i : i + 4], dim=1), torch.cat(ys[i : i + 4], dim=1))
        for i in range(0, len(xs), 4)
    ]
    return joined, data[1]


def regularised(p: float = 0.4, tied: bool = True) -> Callable[[], nn.Module]:
    return lambda: LMModel7(V, H, p=p, tied=tied)


def wide_start(model: LMModel7) -> nn.Module:
    """Start the output layer with numbers as large as the embedding's, as tying does."""
    nn.init.normal_(model.h_o.weight)
    return model


def untied_wide() -> nn.Module:
    return wide_start(LMModel7(V, H, tied=False))


def plain_wide() -> nn.Module:
    return wide_start(LMModel7(V, H, p=0.0, tied=False))


def rnn(num_layers: int, nonlinearity: str) -> Callable[[], nn.Module]:
    return lambda: LMModel5(V, H, num_layers, nonlinearity)


def model3() -> nn.Module:
    return LMModel3(V, H)


def model2() -> nn.Module:
    return LMModel2(V, H)


RATES = (3e-3, 1e-2, 3e-2, 1e-1)
NO_PENALTY = {"alpha": 0.0, "beta": 0.0}
DECAY_ONLY = {"weight_decay": RECIPES[6].weight_decay, **NO_PENALTY}

TABLES: dict[str, dict[str, Run]] = {
    "09-text-in-order": {
        "in order, state kept": Run(model3, 3),
        "batches shuffled, state kept": Run(model3, 3, reorder=shuffled),
        "in order, no state": Run(model2, 3),
    },
    "03-two-tweaks": {
        "file order": Run(model2, 1),
        "file order reversed": Run(model2, 1, reorder=reverse),
        "windows shuffled": Run(model2, 1, reorder=mixed),
        "in lanes": Run(model2, 3, {"epochs": 4, "lr": 1e-3}),
    },
    "17-unstable-training": {
        "LMModel4": Run(lambda: LMModel4(V, H), 4),
        "LMModel4, clip 1": Run(lambda: LMModel4(V, H), 4, {"clip": 1.0}),
    },
    "18-why-stack": {
        "own loop, ReLU, 1 layer": Run(lambda: LMModel4(V, H), 4),
        "own loop, tanh, 1 layer": Run(lambda: TanhLMModel4(V, H), 4),
        "nn.RNN, tanh, 1 layer": Run(rnn(1, "tanh"), 5),
        "nn.RNN, tanh, 2 layers": Run(rnn(2, "tanh"), 5),
        "nn.RNN, ReLU, 1 layer": Run(rnn(1, "relu"), 5),
        "nn.RNN, ReLU, 2 layers": Run(rnn(2, "relu"), 5),
        # As many parameters in all as the row above.
        "nn.RNN, ReLU, 1 layer, width 87": Run(lambda: LMModel5(V, 87, 1, "relu"), 5),
    },
    "20-detach-less-often": {
        "rows of 16": Run(lambda: LMModel4(V, H), 4),
        "rows of 64": Run(lambda: LMModel4(V, H), 4, reorder=rows_of_64),
        "rows of 16, 60 epochs": Run(lambda: LMModel4(V, H), 4, {"epochs": 60}),
        "rows of 64, 60 epochs": Run(lambda: LMModel4(V, H), 4, {"epochs": 60}, reorder=rows_of_64),
    },
    "31-three-regularisers": {
        "all": Run(regularised(), 7),
        "no AR, no TAR": Run(regularised(), 7, NO_PENALTY),
        "untied": Run(regularised(tied=False), 7),
        "untied, wide start": Run(untied_wide, 7),
        "no dropout": Run(regularised(p=0.0), 7),
        "all, momenta of LMModel6": Run(regularised(), 7, {"momenta": RECIPES[6].momenta}),
        "tied and dropout, decay .01": Run(regularised(), 7, DECAY_ONLY),
        "dropout only, decay .01": Run(regularised(tied=False), 7, DECAY_ONLY),
        "dropout, wide start, decay .01": Run(untied_wide, 7, DECAY_ONLY),
        "plain LSTM, decay .1": Run(regularised(p=0.0, tied=False), 7, NO_PENALTY),
        "plain LSTM, decay .01": Run(regularised(p=0.0, tied=False), 7, DECAY_ONLY),
        "plain, wide start, decay .01": Run(plain_wide, 7, DECAY_ONLY),
        # Other momenta than all rows above but one.
        "LMModel6": Run(lambda: LMModel6(V, H), 6),
    },
    "30-higher-learning-rate": {
        f"{name}, {lr:g}": Run(model, 6, {"lr": lr, "epochs": 6})
        for name, model in (
            ("tanh RNN", rnn(2, "tanh")),
            ("ReLU RNN", rnn(2, "relu")),
            ("LSTM", lambda: LMModel6(V, H)),
        )
        for lr in RATES
    },
}


def train(run: Run, seed: int) -> list[dict[str, float]]:
    """Train one row with one seed; return its history."""
    torch.manual_seed(seed)
    train_part, valid, _ = published_batches(run.recipe)
    train_part, valid = run.reorder((train_part, valid))
    settings = RECIPES[run.recipe].settings() | (run.changes or {})
    return fit(run.model(), train_part, valid, progress=False, **settings)


def measure(run: Run, seeds: list[int]) -> dict[str, Any]:
    """Return median and range of the last epoch's accuracy, and all accuracies by epoch."""
    histories = [train(run, seed) for seed in seeds]
    row = summary([history[-1]["accuracy"] for history in histories])
    row["accuracy"] = row.pop("values")
    row["loss"] = [history[-1]["loss"] for history in histories]
    row["accuracy_by_epoch"] = [[round(r["accuracy"], 4) for r in h] for h in histories]
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", choices=[[], *TABLES], help="default: all")
    parser.add_argument("--seeds", type=number_range, default=number_range("0-4"))
    parser.add_argument("--again", action="store_true", help="measure again what is there")
    arguments = parser.parse_args()
    path = RESULTS / "chapters.json"
    results = read_results(path)
    names = arguments.tables or list(TABLES)
    bar = tqdm([(name, label) for name in names for label in TABLES[name]], unit="row")
    for name, label in bar:
        bar.set_postfix_str(f"{name}: {label}")
        table = results.setdefault(name, {"rows": {}})
        if label in table["rows"] and not arguments.again:
            continue
        table["rows"][label] = measure(TABLES[name][label], arguments.seeds)
        table |= {
            "command": f"python -m benchmarks.chapters {name}",
            "seeds": arguments.seeds,
            "machine": machine(),
        }
        results[name] = table
        write_results(path, results)


if __name__ == "__main__":
    main()
