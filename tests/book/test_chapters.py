"""The form that CONTRIBUTING gives a chapter: its sections, its length, and its links."""

import re
from pathlib import Path

import pytest

from lmgrade.notebook.release import names

BOOK = Path(__file__).parents[2] / "book"
CHAPTERS = sorted(BOOK.glob("[0-9][0-9]-*.md"))
SECTIONS = [
    *("Predict first", "The short answer", "See it", "Why it is so"),
    *("What commonly goes wrong", "Check yourself", "Now you try", "Sources"),
]
HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
FENCES = re.compile(r"^(```|\$\$).*?^\1\n", re.DOTALL | re.MULTILINE)


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
def test_a_chapter_leads_on(path: Path) -> None:
    """To its solution, to the next chapter or what follows the last, and back where it can."""
    text, number = text_of(path), int(path.name[:2])
    linked = set(re.findall(r"\]\((.+?\.md)", text))
    chapters = {int(name[:2]) for name in linked if name[:2].isdecimal()}
    assert f"#answer-{number})" in text
    assert number + 1 in chapters or (number == 39 and "beyond.md" in linked)
    assert number == 1 or min(chapters) < number
    assert "exercises.md" in linked or "assignment" in text


def test_every_assignment_is_named_by_a_chapter() -> None:
    texts = " ".join(map(text_of, CHAPTERS))
    assert [name for name in names() if f"[`{name}`](exercises.md" not in texts] == []
