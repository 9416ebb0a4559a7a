"""Run a property so that it neither disturbs the notebook nor is disturbed by it."""

import contextlib
import io
import warnings
from collections.abc import Iterator

import torch


@contextlib.contextmanager
def isolated(seed: int) -> Iterator[io.StringIO]:
    """Seed torch, keep prints, silence warnings, use one thread; put everything back after."""
    threads, dtype = torch.get_num_threads(), torch.get_default_dtype()
    with (
        torch.random.fork_rng(devices=[]),
        torch.enable_grad(),
        warnings.catch_warnings(),
        contextlib.redirect_stdout(printed := io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        torch.default_generator.manual_seed(seed)  # a GPU's would not be put back
        torch.set_num_threads(1)
        torch.set_default_dtype(torch.float32)
        try:
            yield printed
        finally:
            torch.set_default_dtype(dtype)
            torch.set_num_threads(threads)
