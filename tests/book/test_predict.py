"""Predictions: the list that ends a choice, and the answer that a cell has measured."""

from pathlib import Path

import pytest

from book._ext import predict
from book._tools import execute
from book._tools.chapters import BuildError, Chapter

HEAD = """---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {name: python3, display_name: Python 3, language: python}
---
# A chapter
"""
CELL = "```{{code-cell}} python\n:tags: [remove-cell, measured]\n{}\n```\n"


@pytest.fixture
def chapter(warm: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(execute, "CACHE", tmp_path / "cache")
    return tmp_path / "01-x.md"


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("What?\n\n- one\n- two\n", ["one", "two"]),
        ("What?\n\n- one\n  and more\n- `two`", ["one and more", "`two`"]),
        ("- a list\n\nthen text", []),
        ("What of $a - b$?", []),
    ],
)
def test_a_choice_ends_with_the_list_of_its_options(text: str, choices: list[str]) -> None:
    before, found = predict.split_choices(text)
    assert found == choices
    assert text.startswith(before)
    assert ("What?" in before) == ("What?" in text)


@pytest.mark.parametrize(
    ("cells", "value"),
    [(["2 + 2"], "4"), (["x = 'the ' + 'sum'\nx"], "the sum"), (["-0.5"], "-0.5"), ([], None)],
)
def test_the_answer_is_the_value_of_the_measured_cell(
    chapter: Path, cells: list[str], value: str | None
) -> None:
    chapter.write_text(HEAD + "".join(map(CELL.format, cells)))
    execute.execute([Chapter(chapter)])
    assert predict.measured(chapter) == value


@pytest.mark.parametrize(
    ("cells", "message"), [(["x = 1"], "has no value"), (["1", "2"], "more than one")]
)
def test_an_answer_that_is_not_one_is_refused(
    chapter: Path, cells: list[str], message: str
) -> None:
    chapter.write_text(HEAD + "".join(map(CELL.format, cells)))
    execute.execute([Chapter(chapter)])
    with pytest.raises(BuildError, match=message):
        predict.measured(chapter)
