"""Say where LMModel7 and the pointer model err on the validation numbers.

    python -m benchmarks.errors       # writes results/errors.json

The validation text reaches "nine thousand", which the training text never does.
"""

import argparse
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from benchmarks.common import RESULTS, machine, number_range, summary, write_results
from lmlib import LMModel7, PointerSentinelLM, Vocab, published_batches, train_published
from lmlib.recipes import HIDDEN_SIZE

MODELS: dict[str, type[nn.Module]] = {
    "LMModel7": LMModel7,
    "PointerSentinelLM": PointerSentinelLM,
}


@torch.no_grad()
def predictions(model: Any, batches: list[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor, Tensor]:
    """Return the words read, the likeliest next words and the true ones, each [lane, step]."""
    x, y = (torch.cat(part, dim=1) for part in zip(*batches, strict=True))
    model.eval()
    model.reset()
    best = model(x)[0].argmax(dim=-1)
    model.reset()
    return x, best, y


def places(x: Tensor, y: Tensor, vocab: Vocab) -> dict[str, Tensor]:
    """Return masks of the targets, by where they stand; each target is in exactly one."""
    dot, nine = vocab.words.index("."), vocab.words.index("nine")
    first = x == dot
    return {
        "first word of a number, nine": first & (y == nine),
        "first word of a number, other": first & (y != nine),
        "end of a number": ~first & (y == dot),
        "inside a number": ~first & (y != dot),
    }


def analyse(name: str, seed: int) -> dict[str, Any]:
    """Train one model; return the share of errors at each place and what they are of all."""
    torch.manual_seed(seed)
    _, valid, vocab = published_batches(7)
    model, _ = train_published(7, MODELS[name](len(vocab), HIDDEN_SIZE), progress=False)
    x, best, y = predictions(model, valid)
    wrong = best != y
    rows = {
        place: {
            "targets": int(mask.sum()),
            "error_rate": round((wrong & mask).sum().item() / max(1, int(mask.sum())), 5),
            "share_of_errors": round((wrong & mask).sum().item() / int(wrong.sum()), 4),
        }
        for place, mask in places(x, y, vocab).items()
    }
    return {"accuracy": 1 - wrong.double().mean().item(), "places": rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=number_range, default=number_range("0-4"))
    seeds = parser.parse_args().seeds
    command = "python -m benchmarks.errors"
    result: dict[str, Any] = {"command": command, "machine": machine(), "seeds": seeds}
    bar = tqdm(total=len(MODELS) * len(seeds), unit="run")
    for name in MODELS:
        runs = []
        for seed in seeds:
            runs.append(analyse(name, seed))
            bar.update()
        result[name] = {
            "accuracy": summary([run["accuracy"] for run in runs]),
            "places": {
                place: {
                    "targets": row["targets"],
                    "error_rate": summary([run["places"][place]["error_rate"] for run in runs]),
                    "share_of_errors": summary(
                        [run["places"][place]["share_of_errors"] for run in runs]
                    ),
                }
                for place, row in runs[0]["places"].items()
            },
        }
    write_results(RESULTS / "errors.json", result)


if __name__ == "__main__":
    main()
