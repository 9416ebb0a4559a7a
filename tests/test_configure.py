"""`make configure`: one address, and everything that is made from it names it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from scripts import configure

ROOT = Path(__file__).parents[1]
FOLDERS = ["book", "lmlib", "lmgrade", "benchmarks", "solutions", "exercises", "scripts"]
FILES = ["_config.yml", "_toc.yml", "README.md"]
CHAPTER = "36-train-and-eval"
CONVERT = """\
from book._tools import chapters, notebooks
chapter, = chapters.find(["{name}"])
notebooks.write([(chapter, chapter.notebook())])
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the course."""
    folder = tmp_path_factory.mktemp("configured")
    for name in FOLDERS:
        ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    return folder


def run(folder, *words):
    """Run Python in the copy, with the copy's own modules."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def state(folder):
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.suffix != ".pyc" and path.is_file()
    }


def notebooks_in(folder):
    return [
        *folder.glob("exercises/*/*.ipynb"),
        folder / "_build" / "notebooks" / "book" / f"{CHAPTER}.ipynb",
    ]


@pytest.fixture(scope="module")
def configured(copy):
    """The copy for one repository, then for another, with a chapter and its notebook built."""
    configure.main("first/repository", copy)
    configure.main("https://github.com/jane-doe/my.course.git", copy)  # as one pastes it
    run(copy, "-m", "book.build", CHAPTER)
    run(copy, "-c", CONVERT.format(name=CHAPTER))
    return copy


def test_nothing_names_another_repository(configured):
    made = [configured / "_config.yml", configured / "README.md", *notebooks_in(configured)]
    for path in made:
        text = path.read_text(encoding="utf-8")
        assert "jane-doe/my.course" in text, path
        assert "first/repository" not in text, path


def test_a_page_links_to_its_repository_and_says_where_it_lives(configured):
    page = configured / "_build" / "draft" / "_build" / "html" / "book" / f"{CHAPTER}.html"
    text = page.read_text(encoding="utf-8")
    site = f"https://jane-doe.github.io/my.course/book/{CHAPTER}.html"
    assert f'<link rel="canonical" href="{site}"' in text
    assert 'content="https://jane-doe.github.io/my.course/_static/readme.png"' in text
    for start in ("mybinder.org/v2/gh/", "colab.research.google.com/github/", "//github.com/"):
        assert f"{start}jane-doe/my.course" in text
    assert "//github.com/jane-doe/my.course/issues/new?title=" in text
    html = page.parents[1]
    assert f"<loc>{site}</loc>" in (html / "sitemap.xml").read_text(encoding="utf-8")
    assert "my.course/sitemap.xml" in (html / "robots.txt").read_text(encoding="utf-8")


def test_install_cells_fetch_the_library_from_it_and_keep_torch(configured, monkeypatch):
    torch = pytest.importorskip("torch")
    asked = []

    def pip(command, **options):
        asked.append(command)
        return subprocess.CompletedProcess(command, 1, "", "working\nERROR: HTTP error 404")

    monkeypatch.setattr(subprocess, "run", pip)
    monkeypatch.setitem(sys.modules, "lmlib", None)  # importing it fails
    for path in notebooks_in(configured):
        title, install = nbformat.read(path, as_version=4).cells[:2]
        assert title.source.startswith("# ")
        exec(install.source, {})
        *_, library, kept = asked.pop()
        assert library.endswith("github.com/jane-doe/my.course/archive/refs/heads/notebooks.zip")
        assert kept == f"torch=={torch.__version__}"


def test_a_second_run_changes_nothing(configured):
    before = state(configured)
    configure.main("jane-doe/my.course", configured)
    assert state(configured) == before


@pytest.mark.parametrize(
    "name", ["", "a", "a/", "/b", "a/..", "a/b/c", "a/b c", "-a/b", "https://gitlab.com/a/b"]
)
def test_what_is_no_repository_is_refused(name, tmp_path):
    with pytest.raises(SystemExit, match="is no repository on GitHub"):
        configure.main(name, tmp_path)
