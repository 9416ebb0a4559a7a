"""Which chapters the book has, and how one is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "_build"


class BuildError(Exception):
    """Something an author can put right; the message says what and where."""


def read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BuildError(f"{path.relative_to(ROOT)} is not UTF-8 text: {error}") from None


@dataclass(frozen=True)
class Chapter:
    path: Path

    @property
    def name(self) -> str:
        return self.path.stem

    def text(self) -> str:
        return read(self.path)

    def notebook(self) -> nbformat.NotebookNode:
        """The chapter as a notebook that hasn't run, with the line of each cell."""
        return read_myst_markdown_notebook(
            self.text(),
            config=MdParserConfig(enable_extensions=set(markdown_extensions())),
            add_source_map=True,
            path=str(self.path),
        )


def config() -> dict:
    return yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))


def repository() -> str:
    """The repository's address, or nothing until `make configure` has named it."""
    return config()["repository"]["url"].rstrip("/")


def site() -> str:
    """The published site's address, or nothing until the repository is named."""
    if not repository():
        return ""
    owner, name = repository().split("/")[-2:]
    return f"https://{owner}.github.io/{name}/"


def markdown_extensions() -> list[str]:
    return config()["parse"]["myst_enable_extensions"]


def toc() -> dict:
    try:
        return yaml.safe_load(_toc_text())
    except yaml.YAMLError as error:
        raise BuildError(f"_toc.yml is not YAML: {error}") from None


def pages() -> list[Path]:
    """Every page of the table of contents, in order."""
    names = [toc()["root"], *re.findall(r"^\s*- file: *(\S+)", _toc_text(), re.MULTILINE)]
    paths = [ROOT / f"{name}.md" for name in names]
    missing = [p.relative_to(ROOT).as_posix() for p in paths if not p.is_file()]
    if missing:
        raise BuildError(f"_toc.yml names pages that do not exist: {', '.join(missing)}.")
    return paths


def _toc_text() -> str:
    return read(ROOT / "_toc.yml")


def chapters() -> list[Chapter]:
    """The pages with code, in the order of the table of contents."""
    return [Chapter(p) for p in pages() if is_myst_markdown_notebook(read(p))]


def find(patterns: list[str]) -> list[Chapter]:
    """Chapters (in the table of contents or not yet) whose file name starts with a pattern."""
    found = []
    for pattern in patterns:
        stem = Path(pattern).stem
        matches = sorted((ROOT / "book").glob(f"{stem}*.md"))
        if not matches:
            raise BuildError(f"no chapter book/{stem}*.md. Name one by its number, such as 05.")
        found += [Chapter(path) for path in matches]
    return found
