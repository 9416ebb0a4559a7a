"""Train the course's models, and fastai's Learner beside them, at the published budget.

    python -m benchmarks.models --fastai                  # writes results/models.json
    python -m benchmarks.models --models 1-7 --seeds 0-4 --json runs.json

Both libraries are timed in turn, in one process, after a warm-up each. Each run is saved as soon
as it ends: the same command goes on where an interrupted one stopped.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn
from tqdm import tqdm

from benchmarks import with_fastai
from benchmarks.common import RESULTS, machine, number_range, read_results, write_results
from benchmarks.report import summarise, table
from lmlib import RECIPES, PointerSentinelLM, fit, published_batches
from lmlib.recipes import HIDDEN_SIZE

Record = dict[str, Any]
POINTER = 8  # trained by LMModel7's recipe


def model_range(text: str) -> list[int]:
    """Return the numbers of "1-7,pointer"."""
    numbers = number_range(text.replace("pointer", str(POINTER)))
    if bad := [n for n in numbers if not 1 <= n <= POINTER]:
        raise argparse.ArgumentTypeError(f"{bad} are no models; there are 1 to 7 and pointer")
    return numbers


def name_of(number: int) -> str:
    return "PointerSentinelLM" if number == POINTER else f"LMModel{number}"


def run_lmlib(number: int, seed: int, epochs: int | None = None) -> Record:
    """Train one of lmlib's models; time everything after the data is cut into batches."""
    recipe = RECIPES[min(number, 7)]
    train, valid, vocab = published_batches(min(number, 7))
    torch.manual_seed(seed)
    make: type[nn.Module] = PointerSentinelLM if number == POINTER else recipe.model
    model = make(len(vocab), HIDDEN_SIZE)
    settings = recipe.settings() | ({"epochs": epochs} if epochs else {})
    start = time.perf_counter()
    last = fit(model, train, valid, progress=False, **settings)[-1]
    seconds = time.perf_counter() - start
    return record(number, seed, last["accuracy"], last["loss"], seconds, "lmlib")


def run_fastai(number: int, seed: int, epochs: int | None = None) -> Record:
    """Train the same with fastai; its data loaders are made before the clock starts."""
    loaders = with_fastai.prepare(number)
    torch.manual_seed(seed)
    learn = with_fastai.learner(number, loaders)
    start = time.perf_counter()
    loss, accuracy = with_fastai.train(number, learn, epochs)
    return record(number, seed, accuracy, loss, time.perf_counter() - start, "fastai")


def record(
    number: int, seed: int, accuracy: float, loss: float, seconds: float, library: str
) -> Record:
    return {
        "model": name_of(number),
        "seed": seed,
        "accuracy": round(accuracy, 5),
        "loss": round(loss, 5),
        "seconds": round(seconds, 3),
        "library": library,
    }


def plan(models: list[int], seeds: list[int], fastai: bool) -> list[tuple[str, int, int]]:
    """List the runs so that the libraries alternate and a slow minute of the machine hits both."""
    libraries = ["lmlib", "fastai"] if fastai else ["lmlib"]
    return [
        (library, number, seed)
        for seed in seeds
        for number in models
        for library in libraries
        if not (library == "fastai" and number == POINTER)
    ]


def run_all(runs: list[tuple[str, int, int]], done: list[Record], save: Any) -> None:
    """Do the runs that are not in `done`, adding them; call `save` after each."""
    trainers = {"lmlib": run_lmlib, "fastai": run_fastai}
    finished = {(r["library"], r["model"], r["seed"]) for r in done}
    missing = [r for r in runs if (r[0], name_of(r[1]), r[2]) not in finished]
    for library in sorted({library for library, _, _ in missing}):
        trainers[library](1, seed=0, epochs=1)  # the first fit in a process pays for imports
    bar = tqdm(missing, unit="run")
    for library, number, seed in bar:
        bar.set_postfix_str(f"{library} {name_of(number)} seed {seed}")
        done.append(trainers[library](number, seed))
        save()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=model_range, default=model_range("1-7,pointer"))
    parser.add_argument("--seeds", type=number_range, default=number_range("0-4"))
    parser.add_argument("--fastai", action="store_true", help="train with fastai too, in turn")
    parser.add_argument("--again", action="store_true", help="forget runs measured before")
    parser.add_argument("--json", type=Path, help="write the list of runs here instead")
    arguments = parser.parse_args()
    path = arguments.json or RESULTS / "models.json"
    before = read_results(path) if not arguments.again else {}
    done: list[Record] = before if isinstance(before, list) else before.get("runs", [])
    here = machine()

    def save() -> None:
        write_results(path, done if arguments.json else summarise(done, here))

    run_all(plan(arguments.models, arguments.seeds, arguments.fastai), done, save)
    print(table(summarise(done, here)))


if __name__ == "__main__":
    main()
