"""The course as nbgrader's configuration describes it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def in_folder(folder: str | Path) -> Iterator[None]:
    """Be in a folder for a while."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def entered(folder: Path) -> Iterator[Any]:
    """nbgrader's view of the course that `folder` configures, which may lie elsewhere.

    Until the end, its root is the current folder, from which paths in the configuration count.
    """
    from nbgrader.apps import NbGrader

    from lmgrade.plugin import configure

    with in_folder(folder):
        app = NbGrader()
        configure(app, [])
        with in_folder(app.coursedir.root):
            yield app.coursedir


def root_of(folder: Path) -> Path:
    """Where the course's submissions and records lie."""
    with entered(folder) as course:
        return Path(course.root)
