"""Run notebooks in parallel, each in a kernel forked from a warm process."""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError

from book._tools.chapters import config
from book._tools.kernels import kernel_managers

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Run:
    """A notebook, where it comes from (it runs in that folder), and how its run went."""

    path: Path
    notebook: nbformat.NotebookNode
    seconds: float = 0.0
    error: str | None = None


def run_all(runs: Iterable[Run], workers: int | None = None) -> Iterator[Run]:
    """Execute the notebooks in place; yield each when it is done, with its error if it failed."""
    with kernel_managers() as new_manager:
        pool = ThreadPoolExecutor(workers or os.cpu_count())
        try:
            jobs = [pool.submit(_run, new_manager, run) for run in runs]
            for job in as_completed(jobs):
                yield job.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _run(new_manager: Callable[[], AsyncKernelManager], run: Run) -> Run:
    start = time.perf_counter()
    failed: list[int] = []
    client = NotebookClient(
        run.notebook,
        km=new_manager(),
        timeout=config()["execute"]["timeout"],
        coalesce_streams=True,  # the prints of a cell belong in one box, however they came in
        record_timing=False,  # it would change the hash that the cache looks for
        resources={"metadata": {"path": str(run.path.parent)}},
        on_cell_error=lambda cell, cell_index, execute_reply: failed.append(cell_index),
    )
    try:
        asyncio.run(_execute_and_stop(client))
    except (CellExecutionError, CellTimeoutError, RuntimeError) as error:
        run.error = _explain(run, failed[-1] if failed else None, error)
    run.seconds = time.perf_counter() - start
    return run


async def _execute_and_stop(client: NotebookClient) -> None:
    try:
        await client.async_execute()
    finally:
        if client.km is not None:  # None: it never answered, and nbclient has cleaned up
            if client.kc is not None:
                client.kc.stop_channels()
            # Nothing to save, so nothing to wait for.
            await client.km.shutdown_kernel(now=True)  # type: ignore[misc]


def _explain(run: Run, cell: int | None, error: Exception) -> str:
    where = f"{run.path.parent.name}/{run.path.name}"
    lines = run.notebook.metadata.get("source_map")
    if cell is not None:
        where += f":{lines[cell] + 1}" if lines else f", cell {cell}"
    kind = "a cell failed" if isinstance(error, CellExecutionError) else type(error).__name__
    return f"\n{where}: {kind}\n{ANSI.sub('', str(error)).strip()}\n"
