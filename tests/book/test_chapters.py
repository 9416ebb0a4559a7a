"""The form that CONTRIBUTING gives a chapter: its sections, its length, and its links."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from book._tools.chapters import Chapter
from lmgrade.notebook.release import names

BOOK = Path(__file__).parents[2] / "book"
CHAPTERS = sorted(BOOK.glob("[0-9][0-9]-*.md"))
SECTIONS = [
    *("Predict first", "The short answer", "See it", "Why it is so"),
    *("What commonly goes wrong", "Check yourself", "Now you try", "Sources"),
]
HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
FENCES = re.compile(r"^(```|:::|\$\$).*?^\1\n|^:[^\n]*\n", re.DOTALL | re.MULTILINE)


def text_of(path: Path) -> str:
    """What a chapter says between its cells, directives and displayed equations."""
    return FENCES.sub("", HEAD.sub("", path.read_text(encoding="utf-8")))


def test_there_are_39() -> None:
    assert [int(path.name[:2]) for path in CHAPTERS] == list(range(1, 40))


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_has_its_form(path: Path) -> None:
    text = text_of(path)
    assert "> **The question.**" in text
    assert re.findall(r"^## (.*)", text, re.MULTILINE) == SECTIONS
    assert 600 <= len(text.split()) <= 1200


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_asks_for_one_prediction_before_its_answer(path: Path) -> None:
    first, rest = path.read_text(encoding="utf-8").split("## The short answer\n")
    _, asked = first.split("## Predict first\n")
    assert len(re.findall(r"^:::\{predict\} (?:number|choice|sentence)$", asked, re.MULTILINE)) == 1
    assert asked.endswith(":::\n\n")
    assert "{predict}" not in rest
    measured = re.findall(r"^:tags: \[.*\bmeasured\b.*\]$", rest, re.MULTILINE)
    assert ("{predict} number" in asked) <= len(measured) <= 1


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_leads_on(path: Path) -> None:
    """To its solution, to the next chapter or what follows the last, and back where it can."""
    text, number = text_of(path), int(path.name[:2])
    linked = set(re.findall(r"\]\((.+?\.md)", text))
    chapters = {int(name[:2]) for name in linked if name[:2].isdecimal()}
    assert f"#answer-{number})" in text
    assert number + 1 in chapters or (number == 39 and "beyond.md" in linked)
    assert number == 1 or min(chapters) < number
    assert "exercises.md" in linked or "assignment" in text


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_shown_cells_define_what_they_use(path: Path) -> None:
    """Only they run where a reader copies them, or lets the page run."""
    cells = [cell for cell in Chapter(path).notebook().cells if cell.cell_type == "code"]
    shown = [c.source for c in cells if "remove-cell" not in c.metadata.get("tags", [])]
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F821", "-"]
    done = subprocess.run(ruff, input="\n".join(shown), text=True, capture_output=True, check=False)
    undefined = set(re.findall(r"Undefined name `(\w+)`", done.stdout))
    assert undefined <= {"keep"}  # chapter 35 shows that error on purpose


def test_every_assignment_is_named_by_a_chapter() -> None:
    texts = " ".join(map(text_of, CHAPTERS))
    assert [name for name in names() if f"[`{name}`](exercises.md" not in texts] == []
