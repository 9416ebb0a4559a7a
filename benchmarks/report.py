"""Turn the runs of `benchmarks.models` into medians, ratios and a table."""

import statistics
import time
from typing import Any

import torch

from benchmarks.common import summary
from lmlib import RECIPES, published_batches
from lmlib.recipes import HIDDEN_SIZE

COMMAND = "python -m benchmarks.models --fastai"
PRODUCTS = {1: 1, 2: 1, 3: 1, 4: 1, 5: 4, 6: 16, 7: 16}  # H × H products for one word


def summarise(runs: list[dict[str, Any]], machine: dict[str, Any]) -> dict[str, Any]:
    """Return the runs with, for each model, accuracy, seconds, and fastai's time over lmlib's."""
    models = {name: _compare(runs, name) for name in sorted({run["model"] for run in runs})}
    ratios = [row["time_ratio"] for row in models.values() if "time_ratio" in row]
    result: dict[str, Any] = {"command": COMMAND, "machine": machine, "models": models}
    if ratios:
        result["geometric_mean_ratio"] = round(statistics.geometric_mean(ratios), 3)
    return result | {"runs": runs}


def _compare(runs: list[dict[str, Any]], name: str) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for library in ("lmlib", "fastai"):
        mine = [run for run in runs if (run["model"], run["library"]) == (name, library)]
        if mine:
            row[library] = {
                key: summary([run[key] for run in mine]) for key in ("accuracy", "loss", "seconds")
            }
    if len(row) == 2:
        slow, fast = (row[library]["seconds"]["median"] for library in ("fastai", "lmlib"))
        row["time_ratio"] = round(slow / fast, 3)
    if name.startswith("LMModel") and "lmlib" in row:
        number = int(name.removeprefix("LMModel"))
        row["floor_seconds"] = round(training_flops(number) / flops_per_second(), 3)
    return row


def training_flops(number: int) -> float:
    """Return the floating-point operations in the matrix products of one published training.

    A product costs two operations for each entry of its weight and word, and the backward pass
    twice the forward pass.
    """
    recipe = RECIPES[number]
    train, _, vocab = published_batches(number)
    words = sum(x.numel() for x, _ in train)
    targets = sum(y.numel() for _, y in train)
    weights = words * PRODUCTS[number] * HIDDEN_SIZE**2 + targets * HIDDEN_SIZE * len(vocab)
    return 3 * 2 * weights * recipe.epochs


_rate: list[float] = []


def flops_per_second() -> float:
    """Return this machine's best rate in a large matrix product, measured once."""
    if not _rate:
        a = torch.randn(1024, 1024)
        best = float("inf")
        for _ in range(20):
            start = time.perf_counter()
            a @ a
            best = min(best, time.perf_counter() - start)
        _rate.append(2 * 1024**3 / best)
    return _rate[0]


def table(result: dict[str, Any]) -> str:
    """Return the medians as a text table."""
    lines = ["model              accuracy lmlib / fastai     seconds lmlib / fastai   ratio  floor"]
    for name, row in result["models"].items():
        accuracy, seconds = (
            " / ".join(_spread(row[lib][key]) for lib in ("lmlib", "fastai") if lib in row)
            for key in ("accuracy", "seconds")
        )
        tail = [f"{row[key]:.2f}" for key in ("time_ratio", "floor_seconds") if key in row]
        lines.append(f"{name:18} {accuracy:45} {seconds:40} {'  '.join(tail)}")
    if "geometric_mean_ratio" in result:
        lines.append(f"geometric mean of the ratios: {result['geometric_mean_ratio']:.2f}")
    return "\n".join(lines)


def _spread(values: dict[str, Any]) -> str:
    low, high = values["range"]
    return f"{values['median']:.3f} [{low:.3f}–{high:.3f}]"
