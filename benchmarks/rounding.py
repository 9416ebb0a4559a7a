"""Run the chapters' training cells with nudged gradients, and list what then fails.

    python -m benchmarks.rounding            # every chapter that trains, twelve nudges
    python -m benchmarks.rounding 24 30 -n 3

Processors round differently, and a trained network depends on that. Here each gradient is changed
by about a millionth of itself; a claim that fails then would fail on some computer.
"""

import argparse
import sys
from collections import Counter

import nbformat
from tqdm import tqdm

from book._tools.chapters import Chapter, chapters, find
from book._tools.run import Run, run_all

TRAINS = ("fit(", "train_published(", "optim.")
NUDGE = """\
import torch
from torch.optim.optimizer import register_optimizer_step_pre_hook

def nudge(optimizer, *_):
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is not None:
                noise = torch.randn(p.shape, generator=torch.Generator().manual_seed({number}))
                p.grad.mul_(1 + 1e-6 * noise)

register_optimizer_step_pre_hook(nudge)
"""


def nudged(chapter: Chapter, number: int) -> Run:
    """The chapter with a cell in front that nudges; its failing cells don't end the run."""
    notebook = chapter.notebook()
    notebook.cells.insert(0, nbformat.v4.new_code_cell(NUDGE.format(number=number)))
    notebook.metadata["source_map"] = [0, *notebook.metadata["source_map"]]
    for cell in notebook.cells:
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), "raises-exception"]
    return Run(chapter.path, notebook)


def failures(run: Run) -> list[str]:
    """Every failing cell of a run: the line where it begins, and its error."""
    found = []
    for line, cell in zip(run.notebook.metadata["source_map"], run.notebook.cells, strict=True):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                found.append(f"{run.path.name}:{line + 1} {output.ename} {output.evalue[:200]}")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("chapter", nargs="*", help="a chapter's number or name (default: all)")
    parser.add_argument("-n", "--nudges", type=int, default=12, help="how many (default: 12)")
    options = parser.parse_args()
    selected = find(options.chapter) if options.chapter else chapters()
    training = [c for c in selected if any(word in c.text() for word in TRAINS)]
    runs = [nudged(chapter, number) for number in range(options.nudges) for chapter in training]
    failed: Counter[str] = Counter()
    for run in tqdm(run_all(runs), total=len(runs), unit=" chapter"):
        failed.update([run.error] if run.error else failures(run))
    for cell, times in sorted(failed.items()):
        print(f"{times} of {options.nudges}: {cell}")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
