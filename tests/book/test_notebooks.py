"""Chapters as plain notebooks: nothing of MyST is left, and they run from top to bottom."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from pybtex.database import parse_file

from book._tools import chapters, notebooks
from book._tools.chapters import BuildError, Chapter
from book._tools.roles import authors_and_year
from book._tools.run import Run, run_all

SITE = "https://jane.github.io/course"
WRITTEN = sorted((notebooks.NOTEBOOKS / "book").glob("*.ipynb"))
FENCED = re.compile(r"^(`{3,}).*?^\1`*$", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")


@pytest.fixture(autouse=True)
def published(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chapters, "repository", lambda: "https://github.com/jane/course")


def plain(text: str) -> str:
    return notebooks.translate(text, chapters.ROOT / "book" / "33-dropout-scaling.md")


@pytest.mark.parametrize(
    ("myst", "markdown"),
    [
        ("{term}`logits` and {term}`it <state>`", "logits and it"),
        ("{term}`x` but $`a`$ and `{term}` `x`", "x but $`a`$ and `{term}` `x`"),
        ("[a](32-dropout.md)", f"[a]({SITE}/book/32-dropout.html)"),
        ("[a](answers-1.md#answer-2)", f"[a]({SITE}/book/answers-1.html#answer-2)"),
        ("[a](https://x.org/a.md)", "[a](https://x.org/a.md)"),
        ("(label)=\n## Title", "## Title"),
        ("```{note}\nMind {term}`logits`.\n```", "> **Note**\n>\n> Mind logits."),
        (":::{tip} Try\n{term}`it <state>`.\n:::", "> **Tip**\n>\n> Try\n> it."),
        (
            ":::{predict} choice\n:ask: Which?\n\nA {term}`x`?\n\n- yes\n- no\n:::",
            "A x?\n\n- yes\n- no\n\n**Your guess:** …",
        ),
        ("$$\na = b\n$$", "$$\na = b\n$$"),
        ("```python\n{term}`x`\n```", "```python\n{term}`x`\n```"),
    ],
)
def test_myst_becomes_plain_markdown(myst: str, markdown: str) -> None:
    assert plain(myst) == markdown


def test_links_of_a_book_that_is_not_published_lead_to_the_pages_built_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chapters, "repository", lambda: "")
    assert plain("[a](32-dropout.md#b)") == "[a](../../html/book/32-dropout.html#b)"


def test_an_explorable_becomes_its_text_and_a_link_to_the_page() -> None:
    made = plain(":::{explorable} dropout-sum\n:question: Which *p*?\n\nSee {term}`logits`.\n:::")
    page = f"{SITE}/book/33-dropout-scaling.html#explore-dropout-sum"
    assert made == f"**Question.** Which *p*? [Settle it on the page]({page}).\n\nSee logits."


def test_citations_name_authors_and_year() -> None:
    assert plain("{cite:t}`press2017`").startswith("Press and Wolf ([2017](")
    assert plain("x {cite:p}`merity2016,gal2016`").startswith("x ([Merity et al., 2016](")


def test_no_two_sources_are_cited_in_the_same_words() -> None:
    sources = parse_file(str(chapters.ROOT / "book" / "references.bib")).entries
    cited = [authors_and_year(key) for key in sources]
    assert not {source for source in cited if cited.count(source) > 1}


@pytest.mark.parametrize(
    "myst",
    [
        "```{mermaid}\na\n```",
        "```{note}\n:class: dropdown\na\n```",
        "```{note}\n---\nclass: dropdown\n---\na\n```",
        "```{literalinclude} ../lmlib/dropout.py\n```",
        "$$\na = b\n$$ (eq)",
        "% a comment",
        "{download}`x`",
        "{math}`x`",
        "[same page](#label)",
        "![a cell](_static/a.svg)",
        "- a\n\n  ```{note}\n  b\n  ```",
        "{cite:t}`nobody1900`",
        "text[^1]\n\n[^1]: note",
        "term\n: meaning",
    ],
)
def test_what_a_notebook_cannot_show_stops_the_build(myst: str) -> None:
    with pytest.raises(BuildError):
        plain(myst)


@pytest.mark.parametrize(
    ("myst", "kind"), [("```{figure} a.svg\n```", "directives"), ("{kbd}`x`", "roles")]
)
def test_an_author_is_told_what_contributing_allows(myst: str, kind: str) -> None:
    with pytest.raises(BuildError) as error:
        plain(myst)
    told = str(error.value).partition("Allowed: ")[2].rstrip(".").split(", ")
    text = (chapters.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    listed = re.search(rf"^- {kind}: ([^;.]+)", text, re.MULTILINE)
    assert listed
    assert told == re.findall(r"`([\w:-]+)`", listed[1])


def test_hidden_cells_are_dropped_and_folded_ones_stay_folded() -> None:
    cells = [nbformat.v4.new_code_cell(f"x = {tag!r}") for tag in ("remove-cell", "hide-input")]
    for cell in cells:
        cell.metadata["tags"] = [cell.source[5:-1]]
    executed = nbformat.v4.new_notebook(cells=cells)
    chapter = Chapter(chapters.ROOT / "book" / "x.md")
    folded, _ = notebooks.convert(chapter, executed).cells
    assert folded.source.startswith("#@title")
    assert folded.metadata["jupyter"]["source_hidden"]


def test_a_caption_stands_below_its_figure() -> None:
    cell = nbformat.v4.new_code_cell("draw()")
    cell.metadata["mystnb"] = {"figure": {"caption": "See the {term}`state`."}}
    chapter = Chapter(chapters.ROOT / "book" / "x.md")
    cells = [nbformat.v4.new_markdown_cell("# Title"), cell]
    converted = notebooks.convert(chapter, nbformat.v4.new_notebook(cells=cells)).cells
    assert [c.source for c in converted[2:]] == ["draw()", "*See the state.*"]


@pytest.mark.needs("site")
def test_every_chapter_was_written() -> None:
    assert [p.stem for p in WRITTEN] == sorted(c.name for c in chapters.chapters())


@pytest.mark.needs("site")
@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_a_written_notebook_is_plain(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert "pip install" in notebook.cells[1].source  # below the title
    for cell in notebook.cells:
        assert not cell.get("outputs")
        if cell.cell_type == "markdown":
            prose = CODE_SPAN.sub("", FENCED.sub("", cell.source))
            assert not re.search(r"\{[\w:-]+\}`|^:::|^\(.*\)=$|\.md[)#]", prose, re.MULTILINE)
            assert not re.search(r"^`{3,}\{", cell.source, re.MULTILINE)


@pytest.mark.needs("site")
def test_no_cell_needs_a_name_that_only_a_hidden_cell_defines(tmp_path: Path) -> None:
    for path in WRITTEN:
        cells = nbformat.read(path, as_version=4).cells
        shown = [cell.source for cell in cells if cell.cell_type == "code"]
        code = "\n".join(source for source in shown if "except NameError" not in source)
        (tmp_path / f"{path.stem}.py").write_text(code)
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F821", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.needs("site")
def test_written_notebooks_run_from_top_to_bottom(tmp_path: Path) -> None:
    """The build has run the same cells, and the hidden ones with them: so a sample is enough."""
    some = WRITTEN[::20]
    runs = [Run(tmp_path / p.name, nbformat.read(p, as_version=4)) for p in some]
    errors = [run.error for run in run_all(runs) if run.error]
    assert not errors, "\n".join(errors)
