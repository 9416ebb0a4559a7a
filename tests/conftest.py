"""Shared by all tests."""

import os
import secrets
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import jaxtyping
import pytest
import torch
from playwright.sync_api import Browser, expect, sync_playwright

from book._tools.browser import as_root, chromium
from tests import needs, typecheck

# Check shapes and dtypes of every call against the signatures of lmlib's own modules. The
# self-checks are left out: they call students' code with whatever it deserves.
MODULES = [
    f"lmlib.{file.stem}" for file in Path(__file__).parents[1].joinpath("lmlib").glob("[!_]*.py")
]
jaxtyping.install_import_hook(MODULES, f"{typecheck.__name__}.checked")

CHROMIUM = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

torch.set_num_threads(1)

# As in a terminal: what is started in the background ignores interrupts, and so do its children.
signal.signal(signal.SIGINT, signal.default_int_handler)

# As an activated environment would: nbgrader calls `alembic` to make a gradebook.
os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "needs(*names): skipped where one of them is missing (tests/needs.py)"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    needs.enforce(item)


@pytest.fixture
def as_a_user() -> Iterator[None]:
    """Switch the signature checks off: this is what a caller outside the tests meets."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)


@pytest.fixture
def database() -> Iterator[str]:
    """A database of its own on the server that `needs` knows."""
    import sqlalchemy  # which lmlib alone does without

    server = sqlalchemy.create_engine(needs.postgresql(), isolation_level="AUTOCOMMIT")
    name = f"tested_{secrets.token_hex(6)}"
    with server.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
        yield server.url.set(database=name).render_as_string(hide_password=False)
        connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a process: playwright allows no second."""
    expect.set_options(timeout=60_000)  # a busy machine is no fault of a page
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=[*CHROMIUM, *as_root()]
        )
        yield browser
        browser.close()
