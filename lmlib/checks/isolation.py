"""Run a property so that it neither disturbs the notebook nor is disturbed by it."""

import contextlib
import os
import warnings
from collections.abc import Iterator

import torch


@contextlib.contextmanager
def isolated(seed: int) -> Iterator[None]:
    """Seed torch, silence prints and warnings, use one thread; put everything back after."""
    threads, dtype = torch.get_num_threads(), torch.get_default_dtype()
    with (
        torch.random.fork_rng(devices=[]),
        torch.enable_grad(),
        warnings.catch_warnings(),
        open(os.devnull, "w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        warnings.simplefilter("ignore")
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        torch.set_default_dtype(torch.float32)
        try:
            yield
        finally:
            torch.set_default_dtype(dtype)
            torch.set_num_threads(threads)
