"""Execute chapters into the cache that Jupyter Book reads, and only those that need it."""

from __future__ import annotations

import hashlib
import shutil

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract

from book._tools.chapters import BUILD, ROOT, BuildError, Chapter
from book._tools.progress import SignOfLife
from book._tools.run import Run, run_all

CACHE = BUILD / ".jupyter_cache"


def execute(chapters: list[Chapter], workers: int | None = None) -> int:
    """Run the chapters whose outputs are not cached yet; return how many ran.

    The failing cell of each chapter is reported, and then BuildError is raised.
    """
    cache, state = get_cache(str(CACHE)), fingerprint()
    cache.change_cache_limit(5_000)
    todo = [Run(c.path, nb) for c in chapters if not _cached(cache, nb := c.notebook(), state)]
    if not todo:
        return 0
    failed = []
    with SignOfLife("running chapters"):
        for number, run in enumerate(run_all(todo, workers), 1):
            said = run.error or f"ran {run.path.stem} in {run.seconds:.1f} s"
            print(f"  {number} of {len(todo)}: {said}", flush=True)
            if run.error:
                failed.append(run.path.stem)
                continue
            data = {"execution_seconds": run.seconds, "fingerprint": state}
            bundle = CacheBundleIn(run.notebook, str(run.path), data=data)
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    if failed:
        names = ", ".join(failed)
        raise BuildError(f"{len(failed)} of {len(todo)} chapters failed, see above: {names}")
    return len(todo)


def executed(chapter: Chapter) -> nbformat.NotebookNode:
    """The chapter with the outputs of its last run."""
    try:
        _, notebook = get_cache(str(CACHE)).merge_match_into_notebook(chapter.notebook())
    except KeyError as error:
        raise BuildError(f"{chapter.name} was edited during the build: start again.") from error
    return notebook


def fingerprint() -> str:
    """A hash of all that chapters compute with: a change of lmlib must test their claims again."""
    digest = hashlib.sha256()
    for folder, pattern in [("lmlib", "*.py"), ("benchmarks/results", "*.json")]:
        for path in sorted((ROOT / folder).rglob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _cached(cache: JupyterCacheAbstract, notebook: nbformat.NotebookNode, state: str) -> bool:
    try:
        record = cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    try:
        cache.get_cache_bundle(record.pk)
    except (KeyError, ValueError):  # the run that wrote it was killed: no file, or half of one
        shutil.rmtree(CACHE / "executed" / record.hashkey, ignore_errors=True)
        return False
    uses_lmlib = any("lmlib" in cell.source for cell in notebook.cells if cell.cell_type == "code")
    return not uses_lmlib or (record.data or {}).get("fingerprint") == state
