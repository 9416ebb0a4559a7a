"""Chapters as plain notebooks for Colab, Binder and JupyterLab: no MyST left in them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from book._tools.chapters import BUILD, ROOT, BuildError, Chapter, markdown_extensions
from book._tools.directives import translate_directive
from book._tools.roles import translate_inline
from lmgrade.notebook.install import install_source

NOTEBOOKS = BUILD / "notebooks"
FENCES = ("fence", "colon_fence")
REFUSED = {
    "dl_open": "definition list: write a list",
    "footnote_block_open": "footnote: write a list",
    "footnote_reference_open": "footnote: write a list",
    "math_block_label": "label of an equation: leave it out",
    "myst_line_comment": "comment: leave it out",
}


def convert(chapter: Chapter, executed: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The executed chapter as a notebook without outputs, its prose as plain Markdown."""
    cells = []
    for cell in executed.cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            cells.append(nbformat.v4.new_markdown_cell(_explained(chapter, cell.source)))
        elif "remove-cell" not in tags:
            cells.append(_code_cell(cell.source, tags))
            if caption := cell.metadata.get("mystnb", {}).get("figure", {}).get("caption"):
                cells.append(nbformat.v4.new_markdown_cell(_explained(chapter, f"*{caption}*")))
    cells.insert(1, _set_up_cell())  # below the title
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # nbformat's random ids would differ at every build
    notebook = nbformat.v4.new_notebook(cells=[c for c in cells if c.source.strip()])
    notebook.metadata = {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
        "language_info": {"name": "python"},
    }
    return notebook


def _set_up_cell() -> nbformat.NotebookNode:
    source = install_source(ROOT / "_config.yml")
    return nbformat.v4.new_code_cell(source, metadata={"cellView": "form"})


def _code_cell(source: str, tags: list[str]) -> nbformat.NotebookNode:
    metadata: dict[str, object] = {}
    if "raises-exception" in tags:
        metadata["tags"] = ["raises-exception"]
    if {"hide-input", "remove-input", "hide-cell"} & set(tags):
        # Colab folds a cell with a title, JupyterLab one whose source is hidden.
        metadata |= {"cellView": "form", "jupyter": {"source_hidden": True}}
        source = f"#@title The code of this output\n{source}"
    return nbformat.v4.new_code_cell(source, metadata=metadata)


def _explained(chapter: Chapter, source: str) -> str:
    try:
        return translate(source, chapter.path)
    except BuildError as error:
        raise BuildError(f"{chapter.path.name}: {error}") from error


def translate(source: str, page: Path) -> str:
    """MyST Markdown as Markdown that every notebook program shows."""
    lines, out, position = source.splitlines(), [], 0

    def inner(text: str) -> str:
        return translate(text, page)

    for token in _parser().parse(source):
        if token.type in REFUSED:
            raise BuildError(f"a notebook knows no {REFUSED[token.type]}.")
        verbatim = token.type in FENCES
        if token.map is None or not (verbatim or token.type == "myst_target"):
            continue
        start, end = token.map
        out.append(translate_inline("\n".join(lines[position:start])))
        position = end
        if verbatim and token.info.startswith("{"):
            if token.level:
                raise BuildError(f"{token.info} stands inside a list or quote: move it out.")
            out.append(translate_directive(token.info, token.content, page, inner))
        elif verbatim:
            out.append("\n".join(lines[start:end]))
    out.append(translate_inline("\n".join(lines[position:])))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip("\n")


def _parser():  # type: ignore[no-untyped-def]
    options = MdParserConfig(enable_extensions=set(markdown_extensions()))
    return create_md_parser(options, RendererHTML)


def write(chapters: list[tuple[Chapter, nbformat.NotebookNode]]) -> list[Path]:
    """Write all notebooks; also put them where the pages' download button looks."""
    target, downloads = NOTEBOOKS / "book", BUILD / "html" / "_sources" / "book"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    paths = []
    for chapter, executed in chapters:
        path = target / f"{chapter.name}.ipynb"
        nbformat.write(convert(chapter, executed), path)
        if downloads.is_dir():
            shutil.copy2(path, downloads)
        paths.append(path)
    return paths
