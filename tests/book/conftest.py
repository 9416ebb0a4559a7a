"""One warm process for all chapters that a test runs; a build starts one of its own."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext

import pytest

from book._tools import run
from book._tools.kernels import kernel_managers


@pytest.fixture(scope="session")
def new_manager() -> Iterator[Callable]:
    with kernel_managers() as new:
        yield new


@pytest.fixture
def warm(new_manager: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "kernel_managers", lambda: nullcontext(new_manager))
