"""What some tests need besides Python: a browser, bubblewrap, PostgreSQL, or what is built.

A test says so with ``@pytest.mark.needs("browser")``. Where the thing is missing the test is
skipped with the reason; where ``LM39_REQUIRE`` lists it (CI does), the test fails instead, so a
broken set-up can't pass for a green run.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from book._tools.browser import chromium

BUILD = Path(__file__).parents[1] / "_build"
SITE = BUILD / "html"


def postgresql() -> str | None:
    """SQLAlchemy URL of a server on which tests may create and drop databases of their own."""
    return os.environ.get("LM39_POSTGRESQL")


def _no_browser() -> str | None:
    return None if chromium() else "no Chromium on PATH (LM39_CHROMIUM names another one)"


def _no_bubblewrap() -> str | None:
    if not (bwrap := shutil.which("bwrap")):
        return "bubblewrap (bwrap) is not installed"
    trial = [bwrap, "--ro-bind", "/", "/", "--unshare-all", "true"]
    done = subprocess.run(trial, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"bubblewrap can't run here: {done.stderr.strip()}"


def sandbox() -> bool:
    """Whether this machine gives a sandbox; without one, the trust boundary is tested alone."""
    return _no_bubblewrap() is None


def _no_postgresql() -> str | None:
    return None if postgresql() else "LM39_POSTGRESQL names no server"


def _no_site() -> str | None:
    return None if (SITE / "index.html").exists() else "the site isn't built: run `make book`"


def _no_course() -> str | None:
    return None if (BUILD / ".graded").exists() else "nothing is graded yet: run `make course`"


MISSING = {
    "browser": _no_browser,
    "bubblewrap": _no_bubblewrap,
    "postgresql": _no_postgresql,
    "site": _no_site,
    "course": _no_course,
}


def enforce(item: pytest.Item) -> None:
    """Skip ``item`` if something it needs is missing, or fail it if that thing is required."""
    required = {name.strip() for name in os.environ.get("LM39_REQUIRE", "").split(",")}
    for need in (name for mark in item.iter_markers("needs") for name in mark.args):
        if reason := MISSING[need]():
            if need in required:
                pytest.fail(f"LM39_REQUIRE lists {need}, but {reason}", pytrace=False)
            pytest.skip(f"needs {need}: {reason}")
