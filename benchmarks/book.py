"""Build the whole book from nothing, by stock Jupyter Book and by `python -m book.build` in turns.

    python -m benchmarks.book                # writes results/book.json

Both build copies of the sources in scratch folders, one after the other, with one thread a kernel.
Ours also writes the notebooks, and is built again unchanged and after one edited cell. Outputs of
all cells are compared.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import nbformat
from jupyter_cache import get_cache

from benchmarks.common import RESULTS, machine, summary, write_results
from book._tools.chapters import ROOT, Chapter

SOURCES = ["book", "lmlib", "benchmarks", "solutions", "_config.yml", "_toc.yml"]
STOCK = [str(Path(sys.executable).with_name("jupyter-book")), "build", ".", "-n", "--keep-going"]
OURS = [sys.executable, "-m", "book.build"]


def copy_sources(target: Path) -> Path:
    target.mkdir()
    for name in SOURCES:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, target / name)
    return target


def seconds(command: list[str], folder: Path) -> float:
    """Time one build; its messages are shown only if it fails."""
    print(f"{folder.name}: {' '.join(Path(part).name for part in command)} …", flush=True)
    start = time.perf_counter()
    done = subprocess.run(
        command,
        cwd=folder,
        # PYTHONPATH: the copy's own extensions, and not those of the checkout that is installed.
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    elapsed = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"the build failed:\n{done.stdout[-3000:]}")
    return round(elapsed, 1)


def chapters_in(folder: Path) -> list[Chapter]:
    paths = sorted((folder / "book").glob("*.md"))
    return [Chapter(path) for path in paths if "format_name: myst" in path.read_text()]


def outputs(folder: Path) -> dict[str, list[Any]]:
    """The outputs of every code cell, by chapter, from the folder's cache."""
    cache = get_cache(str(folder / "_build" / ".jupyter_cache"))
    found = {}
    for chapter in chapters_in(folder):
        try:
            _, notebook = cache.merge_match_into_notebook(chapter.notebook())
        except KeyError:
            continue  # a page that is not in the table of contents
        found[chapter.name] = [_plain(cell) for cell in notebook.cells if cell.cell_type == "code"]
    return found


def _plain(cell: nbformat.NotebookNode) -> list[Any]:
    """What a reader sees of a cell's outputs: texts joined, counters left out."""
    plain: list[Any] = []
    for output in cell.outputs:
        if output.output_type == "stream" and plain and plain[-1][0] == output.name:
            plain[-1][1] += output.text
        elif output.output_type == "stream":
            plain.append([output.name, output.text])
        else:
            plain.append([output.output_type, dict(output.get("data", {}))])
    return plain


def edit_one_cell(folder: Path) -> None:
    path = folder / "book" / "05-third-word-from-two.md"
    fence = "```{code-cell} python\n"
    path.write_text(path.read_text().replace(fence, f"{fence}# edited\n", 1))


def one_round(scratch: Path) -> tuple[dict[str, float], dict[str, bool]]:
    """The times of each build, and for each chapter whether both builds have the same outputs."""
    stock, ours = (copy_sources(scratch / name) for name in ("stock", "ours"))
    taken = {"stock_cold": seconds(STOCK, stock), "ours_cold": seconds(OURS, ours)}
    expected, got = outputs(stock), outputs(ours)
    equal = {name: expected.get(name) == got.get(name) for name in expected | got}
    taken["ours_unchanged"] = seconds(OURS, ours)
    edit_one_cell(ours)
    taken["ours_one_cell_edited"] = seconds(OURS, ours)
    return taken, equal


def measure(rounds: int) -> dict[str, Any]:
    taken, equal = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as scratch:
            times, same = one_round(Path(scratch))
        taken.append(times)
        equal.append(same)
    table = {name: summary([times[name] for times in taken]) for name in taken[0]}
    return {
        "ratio": round(table["stock_cold"]["median"] / table["ours_cold"]["median"], 2),
        "seconds": table,
        "chapters": len(equal[0]),
        "chapters_with_other_outputs": sorted({n for same in equal for n in same if not same[n]}),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.book", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    result = measure(parser.parse_args().rounds)
    command = "python -m benchmarks.book"
    write_results(RESULTS / "book.json", {"command": command, "machine": machine(), **result})
    print(result)


if __name__ == "__main__":
    main()
