"""The cell below a notebook's title that installs lmlib where it is missing, as on Colab."""

from pathlib import Path
from typing import Any

import yaml

INSTALL = """\
#@title Run this first: it installs the course's library where it is missing
try:
    import lmlib
except ModuleNotFoundError:
"""
NAMED = """\
    import subprocess, sys
    from importlib.metadata import distributions
    keep = [f"torch=={{found.version}}" for found in distributions(name="torch")]
    library = "lmlib @ {url}/archive/refs/heads/{branch}.zip"
    install = [sys.executable, "-m", "pip", "install", "-q", library, *keep]
    done = subprocess.run(install, capture_output=True, text=True)
    if done.returncode:
        print("lmlib could not be installed. Is there a network? Then run this cell again.")
        print("pip says:", *done.stderr.strip().splitlines()[-1:])"""
UNNAMED = """\
    print("lmlib is missing. In the course's folder, run `pip install .`; then restart the kernel.")
"""


def install_source(config: Path) -> str:
    """What the cell says; the book's `config` names the repository that has the library.

    A config that does not, if only as an empty text, raises AttributeError, TypeError or KeyError.
    """
    repository: dict[str, Any] = yaml.safe_load(config.read_text(encoding="utf-8"))["repository"]
    if url := repository["url"].rstrip("/"):
        return INSTALL + NAMED.format(url=url, branch=repository.get("branch", "main"))
    return INSTALL + UNNAMED.rstrip()
