"""`lmgrade score`: grade bare files, without a gradebook."""

import json
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from lmgrade.grading.result import Result, one_line, unreadable
from lmgrade.notebook.assignment import Exam, data_files, load, sources_of
from lmgrade.notebook.submission import Submission, from_file, reason
from lmgrade.sandbox.pool import Pool


def score(
    name: str, files: Sequence[Path], root: Path, workers: int | None = None, sandbox: bool = True
) -> list[Result]:
    """Grade every file; a file that cannot be read gets no points and a reason."""
    assignment = load(name, root)
    work: list[tuple[int, Exam, Submission]] = []
    results: dict[int, Result] = {}
    for index, path in enumerate(files):
        try:
            work.append((index, assignment.exam, from_file(assignment, path)))
        except Exception as error:  # even one that nobody has thought of stops no other
            results[index] = unreadable(assignment.exam, reason(error))
    if work:  # or PyTorch would be imported for nothing
        private, data = [root, *files], data_files(sources_of(root) / name)
        pool = Pool(workers, sandbox, preload=assignment.modules, private=private, files=data)
        with tqdm(total=len(work), unit="file", disable=None) as bar, pool:
            for index, result in pool.grade(work, len(work)):
                results[index] = result
                bar.update()
    return [results[index] for index in range(len(files))]


def as_json(name: str, files: Sequence[Path], results: Sequence[Result]) -> str:
    """The list that `--json` prints."""
    rows = [
        {
            "file": str(path),
            "assignment": name,
            "score": result.score,
            "max_score": result.max_score,
            "tests": result.to_dict()["tests"],
            "error": result.error,
            "flags": result.flags,
        }
        for path, result in zip(files, results, strict=True)
    ]
    return json.dumps(rows, indent=2)


def as_text(files: Sequence[Path], results: Sequence[Result]) -> str:
    """A line a file, and one for each test that took points."""
    lines = []
    for path, result in zip(files, results, strict=True):
        lines.append(f"{one_line(str(path))}: {result.score:g} of {result.max_score:g}")
        if result.error:
            lines.append(f"  {result.error}")
            continue
        lines += [f"  {t.grade_id}: {t.message}" for t in result.tests if t.message]
        lines += [f"  flagged: {flag}" for flag in result.flags]
    return "\n".join(lines)
