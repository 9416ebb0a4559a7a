"""How much memory a chapter's notebook takes: Binder gives a reader 2 GB for all.

    python -m benchmarks.memory              # writes results/memory.json

Each notebook, as `make book` wrote it, runs in a kernel of its own, an ordinary one as on Binder,
one after the other. Its last cell asks the kernel's process for the most that it has held. (Linux
counts what this program held when it started the kernel, too: a smaller kernel shows that number.)
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from benchmarks.common import RESULTS, machine, results_file, write_results
from book._tools.notebooks import NOTEBOOKS

ASK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"  # KiB on Linux


def peak(path: Path) -> float:
    """The most memory of the notebook's kernel, in MB."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(ASK))
    with tempfile.TemporaryDirectory() as folder:
        metadata = {"metadata": {"path": folder}}
        NotebookClient(
            notebook,
            timeout=600,
            kernel_name="python3",
            extra_arguments=["--log-level=ERROR"],
            resources=metadata,
        ).execute()
    return round(int(notebook.cells[-1].outputs[0].text) * 1024 / 1e6)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--json", type=results_file, default=RESULTS / "memory.json")
    target = parser.parse_args().json
    megabytes: dict[str, Any] = {}
    paths = sorted((NOTEBOOKS / "book").glob("*.ipynb"))
    if not paths:
        parser.error("there are no notebooks yet: run `make book`")
    for number, path in enumerate(paths, 1):
        megabytes[path.stem] = peak(path)
        print(f"{number} of {len(paths)}: {path.stem} {megabytes[path.stem]} MB", flush=True)
    most = max(megabytes, key=megabytes.__getitem__)
    results = {
        "command": "python -m benchmarks.memory",
        "machine": machine(),
        "most": {"notebook": most, "megabytes": megabytes[most]},
        "megabytes": megabytes,
    }
    write_results(target, results)


if __name__ == "__main__":
    main()
