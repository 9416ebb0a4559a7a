"""Measure how training time and memory grow with the length of the text and the hidden size.

    python -m benchmarks.growth       # writes results/growth.json

Each point is an epoch of LMModel6 in a process of its own, so that its peak memory is its own,
on one thread, three times over. The text is the human-numbers corpus, once, four and sixteen
times in a row.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from typing import Any

import torch
from tqdm import tqdm

from benchmarks.common import RESULTS, machine, summary, write_results
from lmlib import LMModel6, Vocab, fit, human_numbers, join_lines, lane_batches
from lmlib.recipes import BATCH_SIZE

COPIES = (1, 4, 16)
HIDDEN_SIZES = (32, 64, 128, 256)
POINTS = [(n, 64) for n in COPIES] + [(1, hidden) for hidden in HIDDEN_SIZES if hidden != 64]
ROUNDS = 3


def megabytes() -> float:
    """Return this process's peak memory so far. Linux counts in kilobytes, macOS in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def measure(copies: int, hidden_size: int) -> dict[str, Any]:
    """Train one epoch; return its time, the memory of the text, and what training added to it."""
    tokens = join_lines(human_numbers())
    vocab = Vocab.from_tokens(tokens)
    warm_up = lane_batches(vocab.encode(tokens[:5000]), BATCH_SIZE, 16)
    fit(LMModel6(len(vocab), 8), warm_up, epochs=1, lr=1e-3, progress=False)  # imports, buffers
    ids = vocab.encode(tokens).repeat(copies)
    batches = lane_batches(ids, BATCH_SIZE, 16)
    model = LMModel6(len(vocab), hidden_size)
    before = megabytes()
    start = time.perf_counter()
    fit(model, batches, epochs=1, lr=1e-3, progress=False)
    return {
        "copies": copies,
        "words": len(ids),
        "hidden_size": hidden_size,
        "seconds": round(time.perf_counter() - start, 3),
        "text_megabytes": round(sum(x.nbytes + y.nbytes for x, y in batches) / 2**20, 1),
        "training_megabytes": round(megabytes() - before, 1),
    }


def measure_apart(copies: int, hidden_size: int) -> dict[str, Any]:
    """Run `measure` in a new process."""
    command = [sys.executable, "-m", "benchmarks.growth", "--point", str(copies), str(hidden_size)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)


def summarise(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a point's sizes, and the median and range of what was measured there."""
    taken = ("seconds", "text_megabytes", "training_megabytes")
    sizes = {key: value for key, value in runs[0].items() if key not in taken}
    return sizes | {key: summary([run[key] for run in runs]) for key in taken}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--point", type=int, nargs=2, metavar=("COPIES", "HIDDEN"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    if arguments.point:
        torch.manual_seed(0)
        print(json.dumps(measure(*arguments.point)))
        return
    runs = [measure_apart(*point) for point in tqdm(POINTS * ROUNDS, unit="run")]
    points = [summarise(runs[i :: len(POINTS)]) for i in range(len(POINTS))]
    about = {"command": "python -m benchmarks.growth", "machine": machine()}
    write_results(RESULTS / "growth.json", about | {"points": points})
    for point in points:
        print({key: v["median"] if isinstance(v, dict) else v for key, v in point.items()})


if __name__ == "__main__":
    main()
