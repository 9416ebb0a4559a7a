"""What all benchmarks share: seed ranges, the machine's description, and results files."""

import argparse
import json
import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

RESULTS = Path(__file__).parent / "results"


def number_range(text: str) -> list[int]:
    """Return the numbers of "1-3,7" as [1, 2, 3, 7]."""
    numbers: dict[int, None] = {}
    for part in text.split(","):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if not (first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
            raise argparse.ArgumentTypeError(f"{part!r} is no range; allowed is, e.g., 0-4,7")
        numbers |= dict.fromkeys(range(int(first), int(last) + 1))
    return list(numbers)


def results_file(text: str) -> Path:
    """Return the path of a file for results, its folder made, before anything is measured."""
    path = Path(text)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text!r} has no folder: {error}") from None
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written; name a file")
    return path


def summary(values: Sequence[float]) -> dict[str, Any]:
    """Return median and range beside the values themselves."""
    return {
        "median": statistics.median(values),
        "range": [min(values), max(values)],
        "values": list(values),
    }


def machine() -> dict[str, Any]:
    """Describe what the figures depend on."""
    return {
        "torch": torch.__version__,
        "python": platform.python_version(),
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count(),
        "cpu": _cpu(),
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def read_results(path: Path) -> dict[str, Any]:
    """Return what a results file holds already, or an empty dict."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def write_results(path: Path, results: Any) -> None:
    """Write a results file; an interrupted write leaves the old one in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    os.replace(unfinished, path)


class Journal:
    """The runs of a command, kept as they end: interrupted and started again, it does the rest.

    They lie beside the results that they will become. Runs of another machine don't count.
    Raises ValueError for a file that is damaged.
    """

    def __init__(self, results: Path) -> None:
        self.path = results.with_name(f"{results.name}.unfinished")
        try:
            kept = read_results(self.path)
            mine = bool(kept) and kept["machine"] == machine()
            self.runs: list[dict[str, Any]] = list(kept["runs"]) if mine else []
        except (ValueError, KeyError, TypeError):
            raise ValueError(
                f"{self.path} is damaged; delete it, and its runs are measured again"
            ) from None

    def add(self, run: dict[str, Any]) -> None:
        """Keep one more run."""
        self.runs.append(run)
        write_results(self.path, {"machine": machine(), "runs": self.runs})

    def close(self) -> None:
        """Forget the runs: their results are written, and the next command measures again."""
        self.path.unlink(missing_ok=True)
