"""The course as nbgrader's configuration describes it."""

from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def entered(folder: Path) -> Iterator[Any]:
    """nbgrader's view of the course that `folder` configures, which may lie elsewhere.

    Until the end, its root is the current folder, from which paths in the configuration count.
    """
    from nbgrader.apps import NbGrader

    from lmgrade.plugin import configure

    with chdir(folder):
        app = NbGrader()
        configure(app, [])
        with chdir(app.coursedir.root):
            yield app.coursedir


def root_of(folder: Path) -> Path:
    """Where the course's submissions and records lie."""
    with entered(folder) as course:
        return Path(course.root)
