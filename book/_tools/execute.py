"""Execute chapters in parallel, in warm kernels, into the cache that Jupyter Book reads."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from tqdm import tqdm

from book._tools.chapters import BUILD, ROOT, BuildError, Chapter, config
from book._tools.kernels import Zygote, warm_kernel_manager

CACHE = BUILD / ".jupyter_cache"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def fingerprint() -> str:
    """A hash of all that chapters compute with: a change of lmlib must run its claims again."""
    digest = hashlib.sha256()
    for folder, pattern in [("lmlib", "*.py"), ("benchmarks/results", "*.json")]:
        for path in sorted((ROOT / folder).rglob(pattern)):
            digest.update(path.relative_to(ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def cached(cache: JupyterCacheAbstract, notebook: nbformat.NotebookNode, state: str) -> bool:
    try:
        record = cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    uses_lmlib = any("lmlib" in cell.source for cell in notebook.cells if cell.cell_type == "code")
    return not uses_lmlib or (record.data or {}).get("fingerprint") == state


def execute(chapters: list[Chapter], workers: int | None = None) -> int:
    """Run the chapters whose outputs are not cached yet; return how many ran.

    The first failing cell of each chapter is reported, and then BuildError is raised.
    """
    cache, state = get_cache(str(CACHE)), fingerprint()
    cache.change_cache_limit(5_000)
    todo = [(c, nb) for c in chapters if not cached(cache, nb := c.notebook(), state)]
    if not todo:
        return 0
    failures = []
    with Zygote() as zygote, tqdm(total=len(todo), unit="chapter", disable=None) as bar:
        for chapter, notebook, seconds, error in _run_all(zygote, todo, workers):
            bar.update()
            if error:
                failures.append(error)
                tqdm.write(error)
                continue
            tqdm.write(f"  ran {chapter.name} in {seconds:.1f} s")
            data = {"execution_seconds": seconds, "fingerprint": state}
            bundle = CacheBundleIn(notebook, str(chapter.path), data=data)
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    if failures:
        raise BuildError(f"{len(failures)} of {len(todo)} chapters failed; see above.")
    return len(todo)


def executed(chapter: Chapter) -> nbformat.NotebookNode:
    """The chapter with the outputs of its last run."""
    _, notebook = get_cache(str(CACHE)).merge_match_into_notebook(chapter.notebook())
    return notebook


Result = tuple[Chapter, nbformat.NotebookNode, float, "str | None"]


def _run_all(
    zygote: Zygote, todo: list[tuple[Chapter, nbformat.NotebookNode]], workers: int | None
) -> Iterator[Result]:
    pool = ThreadPoolExecutor(workers or os.cpu_count())
    try:
        jobs = [pool.submit(_run, zygote, chapter, notebook) for chapter, notebook in todo]
        for job in as_completed(jobs):
            yield job.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _run(zygote: Zygote, chapter: Chapter, notebook: nbformat.NotebookNode) -> Result:
    start, failed = time.perf_counter(), []
    client = NotebookClient(
        notebook,
        km=warm_kernel_manager(zygote),
        timeout=config()["execute"]["timeout"],
        record_timing=False,  # it would change the hash that the cache looks for
        resources={"metadata": {"path": str(chapter.path.parent)}},
        on_cell_error=lambda cell, cell_index, execute_reply: failed.append(cell_index),
    )
    error = None
    try:
        asyncio.run(_execute_and_stop(client))
    except (CellExecutionError, CellTimeoutError, RuntimeError) as exception:
        error = _explain(chapter, notebook, failed, exception)
    return chapter, notebook, time.perf_counter() - start, error


async def _execute_and_stop(client: NotebookClient) -> None:
    try:
        await client.async_execute()
    finally:
        if client.km is not None:  # None: it never answered, and nbclient has cleaned up
            await client.km.shutdown_kernel(now=True)  # nothing to save, so nothing to wait for


def _explain(
    chapter: Chapter, notebook: nbformat.NotebookNode, failed: list[int], error: Exception
) -> str:
    where = chapter.path.relative_to(ROOT).as_posix()
    if failed:
        where += f":{notebook.metadata['source_map'][failed[0]] + 1}"
    kind = type(error).__name__ if not isinstance(error, CellExecutionError) else "a cell failed"
    return f"\n{where}: {kind}\n{ANSI.sub('', str(error)).strip()}\n"
