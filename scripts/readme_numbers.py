"""Write the numbers that the README states, from the results files: `make numbers`.

A row stands there only if its results file does; a test compares the README with the files.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
RESULTS = ROOT / "benchmarks" / "results"
MARKED = re.compile(r"(?<=<!-- numbers -->\n).*?(?=<!-- end of numbers -->)", re.DOTALL)
HEAD = "| what was measured | this course | compared with |\n|---|---|---|\n"


def load(name: str) -> dict[str, Any]:
    """The results file ``name``, or nothing where nobody has measured yet."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def accuracy(runs: dict[str, Any]) -> str:
    """Median, range and number of seeds."""
    low, high = runs["accuracy"]["range"]
    seeds = len(runs["accuracy"]["values"])
    return f"{runs['accuracy']['median']:.3f} ({low:.3f} to {high:.3f}, {seeds} seeds)"


def model_rows() -> Iterator[tuple[str, str, str]]:
    results = load("models")
    models = results.get("models", {})
    if row := models.get("LMModel7"):
        theirs = f"fastai, same recipe: {accuracy(row['fastai'])}" if "fastai" in row else ""
        yield "Accuracy of the regularised LSTM, `LMModel7`", accuracy(row["lmlib"]), theirs
    if row := models.get("PointerSentinelLM"):
        yield "Accuracy of the model that copies", accuracy(row["lmlib"]), ""
    if ratio := results.get("geometric_mean_ratio"):
        what = "Time to train a model (geometric mean over the models)"
        yield what, f"{ratio:.1f} times faster", "fastai, same recipe"


def text_rows() -> Iterator[tuple[str, str, str]]:
    text = load("text")
    if not text:
        return
    ours, theirs = (text["perplexity"][library]["median"] for library in ("lmlib", "fastai"))
    slow, fast = (text["seconds"][library]["median"] for library in ("fastai", "lmlib"))
    yield (
        "Perplexity of AWD-LSTM on real English",
        f"{ours:.1f}",
        f"fastai, same size: {theirs:.1f}",
    )
    yield "Time to train it", f"{slow / fast:.2f} times faster", "fastai, same size"


def tool_rows() -> Iterator[tuple[str, str, str]]:
    if gradings := [load(path.stem) for path in RESULTS.glob("grading*.json")]:
        wall, cpu = ([g["ratio"][kind] for g in gradings] for kind in ("wall", "cpu"))
        what = f"Grading {gradings[0]['submissions']} submissions, in the sandbox"
        ours = f"{min(wall):.1f} to {max(wall):.1f} times faster, "
        ours += f"{min(cpu):.1f} to {max(cpu):.1f} times less processor time, by machine"
        yield what, ours, "nbgrader, without a sandbox"
    if scale := load("scale"):
        own = {
            name: row["own_cpu_each"]["median"] for name, row in scale["engines"]["dropout"].items()
        }
        ours = f"{1000 * own['sqlite']:.0f} ms; with a cluster {1000 * own['dask-2']:.0f} ms"
        yield "Grading one more: processor time of the command itself", ours, ""
    if book := load("book"):
        yield "Building the book from nothing", f"{book['ratio']:.1f} times faster", "Jupyter Book"
    if memory := load("memory"):
        ours = f"{memory['most']['megabytes']:,} MB"
        yield "Most memory that a chapter's notebook takes", ours, "Binder gives 2,000 MB"


def check_rows() -> Iterator[tuple[str, str, str]]:
    validity = load("validity")
    if not validity:
        return
    checks = validity["assignments"].values()
    counts = sorted(check["seeds"] for check in checks)
    seeds = counts[-1] if counts[0] == counts[-1] else f"{counts[0]} to {counts[-1]}"
    rejected, right = (sum(check[key] for check in checks) for key in ("rejected", "right"))
    accepted, wrong = (sum(check[key] for check in checks) for key in ("accepted", "wrong"))
    yield f"Right solutions rejected ({seeds} seeds)", f"{rejected} of {right}", ""
    yield f"Wrong solutions accepted ({seeds} seeds)", f"{accepted} of {wrong}", ""
    contrived = len(list((README.parent / "tests" / "validity").glob("*/beyond/*.py")))
    yield "Contrived programs that are known to pass", f"{contrived}", ""


def table() -> str:
    """The table, as Markdown."""
    rows = [*model_rows(), *text_rows(), *tool_rows(), *check_rows()]
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main() -> None:
    README.write_text(MARKED.sub(lambda _: table(), README.read_text(encoding="utf-8")))
    print(table())


if __name__ == "__main__":
    main()
