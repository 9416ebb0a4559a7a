"""Train the course's models, and fastai's Learner beside them, at the published budget.

    python -m benchmarks.models --fastai                  # writes results/models.json
    python -m benchmarks.models --models 1-7 --seeds 0-4 --json runs.json

Both libraries are timed in turn, in one process, after a warm-up each. Each run is kept as soon
as it ends: the same command goes on where an interrupted one stopped. A finished one starts anew.

With --json the file is a list of {"model", "seed", "accuracy", "loss", "seconds"}, one for each
run; --fastai adds "library" to each, which is "lmlib" or "fastai".
"""

import argparse
import importlib.util
import time
from typing import Any

import torch
from torch import nn
from tqdm import tqdm

from benchmarks import with_fastai
from benchmarks.common import RESULTS, Journal, machine, number_range, results_file, write_results
from benchmarks.report import summarise, table
from lmlib import RECIPES, PointerSentinelLM, fit, published_batches
from lmlib.recipes import HIDDEN_SIZE

Record = dict[str, Any]
Run = tuple[str, int, int]  # library, model, seed
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


def without_library(run: Record) -> Record:
    """Return the run without what is the same for all, if only lmlib was trained."""
    return {key: value for key, value in run.items() if key != "library"}


def plan(models: list[int], seeds: list[int], fastai: bool) -> list[Run]:
    """List the runs so that the libraries alternate and a slow minute of the machine hits both."""
    libraries = ["lmlib", "fastai"] if fastai else ["lmlib"]
    return [
        (library, number, seed)
        for seed in seeds
        for number in models
        for library in libraries
        if not (library == "fastai" and number == POINTER)
    ]


def run_all(runs: list[Run], journal: Journal) -> list[Record]:
    """Do the runs that the journal doesn't have, adding them; return all that were asked for."""
    trainers = {"lmlib": run_lmlib, "fastai": run_fastai}
    done = {(r["library"], r["model"], r["seed"]): r for r in journal.runs}
    missing = [r for r in runs if (r[0], name_of(r[1]), r[2]) not in done]
    for library in sorted({library for library, _, _ in missing}):
        trainers[library](1, seed=0, epochs=1)  # the first fit in a process pays for imports
    bar = tqdm(missing, unit="run")
    for library, number, seed in bar:
        bar.set_postfix_str(f"{library} {name_of(number)} seed {seed}")
        record = trainers[library](number, seed)
        done[library, name_of(number), seed] = record
        journal.add(record)
    return [done[library, name_of(number), seed] for library, number, seed in runs]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=model_range, default=model_range("1-7,pointer"))
    parser.add_argument("--seeds", type=number_range, default=number_range("0-4"))
    parser.add_argument("--fastai", action="store_true", help="train with fastai too, in turn")
    parser.add_argument("--json", type=results_file, help="write the list of runs here instead")
    arguments = parser.parse_args()
    every = arguments.fastai and set(arguments.models) == set(range(1, POINTER + 1))
    if not (arguments.json or every):
        parser.error("results/models.json holds all models and fastai: name another with --json")
    if arguments.fastai and importlib.util.find_spec("fastai") is None:
        parser.error("fastai is not installed: pip install -c constraints.txt -e '.[bench]'")
    path = arguments.json or RESULTS / "models.json"
    try:
        journal = Journal(path)
    except ValueError as error:
        parser.error(str(error))
    runs = run_all(plan(arguments.models, arguments.seeds, arguments.fastai), journal)
    result = summarise(runs, machine())
    shown = runs if arguments.fastai else [without_library(run) for run in runs]
    write_results(path, shown if arguments.json else result)
    journal.close()
    print(table(result))


if __name__ == "__main__":
    main()
