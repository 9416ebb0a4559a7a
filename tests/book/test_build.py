"""Running chapters: failures are told, the cache is used, and the built pages are complete."""

import json
import os
import re
import subprocess
import sys
from ast import literal_eval
from pathlib import Path

import nbformat
import pytest
import yaml

import lmlib
from book import build
from book._tools import chapters, execute
from book._tools.chapters import BuildError, Chapter
from book._tools.run import Run, run_all
from tests import needs

HEAD = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {name: python3, display_name: Python 3, language: python}
---
# A chapter

```{code-cell} python
a = 1
print(a)
```
"""


@pytest.fixture
def cache(warm: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(execute, "CACHE", tmp_path / "cache")
    return tmp_path


def chapter(folder: Path, text: str) -> Chapter:
    path = folder / "01-x.md"
    path.write_text(HEAD + text)
    return Chapter(path)


def test_unchanged_code_does_not_run_again(cache: Path) -> None:
    assert execute.execute([chapter(cache, "one")]) == 1
    assert execute.execute([chapter(cache, "other prose")]) == 0
    assert execute.execute([chapter(cache, "```{code-cell} python\nb = 2\n```\n")]) == 1


def test_code_that_uses_the_library_runs_again_when_the_library_changes(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = chapter(cache, "```{code-cell} python\nimport lmlib\n```\n")
    assert [execute.execute([page]) for _ in range(2)] == [1, 0]
    monkeypatch.setattr(execute, "fingerprint", lambda: "changed")
    assert execute.execute([page]) == 1


@pytest.mark.parametrize("left", [None, '{"cells": ['])
def test_what_a_killed_build_left_in_the_cache_runs_again(cache: Path, left: str | None) -> None:
    page = chapter(cache, "one")
    execute.execute([page])
    (file,) = execute.CACHE.rglob("base.ipynb")
    file.write_text(left) if left else file.unlink()
    assert execute.execute([page]) == 1
    assert execute.executed(page).cells[1].outputs[0].text == "1\n"
    assert execute.execute([page]) == 0


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("```{code-cell} python\nassert a == 2\n```\n", 12, "AssertionError"),
        ("```{code-cell} python\nimport os; os._exit(3)\n```\n", None, "DeadKernelError"),
    ],
)
def test_a_failing_cell_is_named_with_its_line(
    cache: Path, capsys: pytest.CaptureFixture[str], text: str, line: int | None, message: str
) -> None:
    page = chapter(cache, text)
    with pytest.raises(BuildError, match="1 of 1 chapters failed"):
        execute.execute([page])
    told = capsys.readouterr().out
    assert message in told
    assert (f"01-x.md:{line}:" if line else "01-x.md") in told
    with pytest.raises(BuildError):  # and it is not remembered as a success
        execute.execute([page])


def test_an_unknown_chapter_is_a_clear_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main(["no-such-chapter"]) == 1
    assert "no chapter book/no-such-chapter*.md" in capsys.readouterr().err


STOCK = """
import json, nbclient, nbformat, sys
notebook = nbformat.reads(sys.stdin.read(), as_version=4)
nbclient.NotebookClient(notebook, kernel_name="python3").execute()
print(json.dumps([cell.outputs for cell in notebook.cells if cell.cell_type == "code"]))
"""


def test_the_kernel_behaves_as_a_freshly_started_one(cache: Path) -> None:
    text = """```{code-cell} python
import os, subprocess, sys
import matplotlib.pyplot as plt
import torch
print([m for m in sys.modules if m.split(".")[0] in ("lmlib", "book")])
print(plt.get_backend(), os.path.basename(os.getcwd()), sys.path[0], subprocess.run("false"))
torch.manual_seed(1)
plt.plot(torch.rand(5).tolist());
```
```{code-cell} python
torch.nn.LSTM(4, 8)(torch.rand(1, 3, 4))[0]
```
"""
    page = chapter(cache, text)
    execute.execute([page])
    forked = [c.outputs for c in execute.executed(page).cells if c.cell_type == "code"]
    stock = subprocess.run(
        [sys.executable, "-c", STOCK],
        input=nbformat.writes(page.notebook()),
        cwd=cache,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert forked == json.loads(stock.stdout)


def test_kernels_do_not_share_their_random_state(cache: Path) -> None:
    draw = nbformat.v4.new_code_cell(
        "import random, numpy, torch\nrandom.random(), numpy.random.rand(), torch.rand(1).item()"
    )
    runs = [Run(cache / name, nbformat.v4.new_notebook(cells=[draw.copy()])) for name in "ab"]
    drawn = [run.notebook.cells[0].outputs[0].data["text/plain"] for run in run_all(runs)]
    assert not set(literal_eval(drawn[0])) & set(literal_eval(drawn[1]))


@pytest.mark.needs("site")
def test_pages_load_everything_from_the_site_itself() -> None:
    for path in needs.SITE.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe)[^>]*\ssrc=\"([^\"]+)\"", html)
        loaded += re.findall(r"<link(?=[^>]*stylesheet)[^>]*\shref=\"([^\"]+)\"", html)
        assert not [url for url in loaded if re.match(r"(https?:)?//", url)], path.name


@pytest.mark.needs("site")
def test_every_picture_says_what_it_shows() -> None:
    for path in (needs.SITE / "book").glob("*.html"):
        article = path.read_text(encoding="utf-8").partition("<article")[2]
        for image in re.findall(r"<img[^>]*>", article):
            alt = re.search(r'alt="([^"]*)"', image)
            assert alt, f"{path.name}: {image}"
            assert len(alt[1].split()) >= 4, f"{path.name}: {image}"


@pytest.mark.needs("site")
def test_every_chapter_page_has_a_figure_a_quiz_and_its_question() -> None:
    for page in chapters.chapters():
        if re.match(r"\d\d-", page.name):
            html = (needs.SITE / "book" / f"{page.name}.html").read_text(encoding="utf-8")
            assert "The question." in html, page.name
            assert 'class="quiz"' in html, page.name
            assert "<img" in html.partition("<article")[2], page.name


@pytest.mark.needs("site")
def test_a_citation_is_found_in_the_bibliography_by_what_it_says() -> None:
    html = (needs.SITE / "book" / "bibliography.html").read_text(encoding="utf-8")
    assert "Merity et al., 2017a" in html
    assert "Merity et al., 2017b" in html
    chapter = (needs.SITE / "book" / "31-three-regularisers.html").read_text(encoding="utf-8")
    assert "[2017a]" in re.sub(r"<[^>]+>", "", chapter)


def test_the_library_page_shows_every_public_class_and_function() -> None:
    shown = re.findall(r"automodule:: (\S+)", (chapters.ROOT / "book" / "api.md").read_text())
    public = (getattr(lmlib, name) for name in lmlib.__all__)
    assert {thing.__module__ for thing in public if hasattr(thing, "__module__")} <= set(shown)


def test_a_draft_of_the_first_page_names_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "DRAFT", tmp_path)
    monkeypatch.setattr(build, "execute", lambda chapters: 0)
    monkeypatch.setattr(build, "jupyter_book", lambda *arguments, **options: None)
    build.build_draft(chapters.find(["index"]))
    table = yaml.safe_load((tmp_path / "_toc.yml").read_text())
    files = [page["file"] for page in table["chapters"]]
    assert "book/glossary" in files
    assert table["root"] == "book/index"
    assert table["root"] not in files


def test_the_command_explains_itself() -> None:
    command = [sys.executable, "-m", "book.build", "--help"]
    told = subprocess.run(command, cwd=chapters.ROOT, capture_output=True, text=True, check=True)
    assert "for a draft" in told.stdout
