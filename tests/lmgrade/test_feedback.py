"""The notebook that feedback and the Formgrader show: every word of it, and nothing that runs."""

import base64
import html
import re
import struct
import time
import zlib
from typing import Any

import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat import from_dict

from lmgrade.grading.result import Result, TestResult
from lmgrade.nbgrader.feedback import FeedbackExporter, harmless, plain_png, rebuild


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source}


@pytest.mark.parametrize(
    "text",
    [
        r"[a](&\#106;avascript:alert(1))",
        r"[a](javascript\&\#58;alert(1))",
        "[a]: &\\#106;avascript:alert(1)\n\n[a]",
        "[a](https://example.org 'title') [b][c]\n\n[c]: https://example.org",
        "![a](https://example.org/x.png) [![b](x.png)](y)",
    ],
)
def test_text_holds_no_links(text: str) -> None:
    """However an address is written: nbconvert decodes it more than once."""
    page = markdown2html_mistune(harmless(text))
    assert not re.search(r"<a|<img", re.sub(r'<a href="https://[^"]*">https://[^<]*</a>', "", page))


@pytest.mark.parametrize(
    "text",
    [
        "<script>x</script>",
        "<\nscript>x</script>",
        "<\x0bscript>",
        "$<img src=x>$ `<b>` $$<i>$$",
        "\\begin{x}<img src=x>\\end{x}",
        "&lt;script&gt; &#60;b> &\\#60;b> &amp;lt;b>",
        "<1@b.c> <=x@b.c>",
        "<!-- x --> <?php ?> <![CDATA[<b>]]>",
        "~~~\n<b>\n~~~\n\n    <b>\n\n<div>\n<b>\n</div>",
    ],
)
def test_text_holds_no_markup(text: str) -> None:
    page = markdown2html_mistune(harmless(text))
    assert set(re.findall(r"<[/!?]?(\w*)", page)) <= {"p", "pre", "code"}
    shown = html.unescape(html.unescape(re.sub(r"</?(p|pre|code)>", "", page)))
    assert not re.search(r"<[^ \n]", shown), "decoded once more, it would be markup"


@pytest.mark.parametrize("command", ["href", "mmlToken{mi}[href='java\nscript:alert(1)']"])
def test_formulas_hold_no_links(command: str) -> None:
    assert harmless(f"$\\{command}{{x}}$").startswith("$\\text{")


def test_formulas_and_the_assignments_own_text_stay_as_they_are() -> None:
    formula = "$0 \\le i < n$, $$\\begin{matrix}a & b\\\\ c & d\\end{matrix}$$"
    assert harmless(formula) == formula
    ours = "$a<b$ and [a link](https://example.org) &copy;"
    template = [from_dict(markdown(ours))]
    made = rebuild([markdown(ours), markdown(ours + ".")], template, Result())
    assert [cell.source == ours for cell in made.cells] == [True, False]


@pytest.mark.parametrize(
    "text", ["We ```keep / (1-p)``` of x.\nNo more.", "```a b``` comes first", "It ~~doubles~~"]
)
def test_no_word_of_an_answer_is_lost_at_a_fence(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize(
    "cell",
    [
        markdown("```autohotkey\nx = 1\n```\n> ~~~ autoit\n> y\n" * 400),
        markdown("#\n" * 10_000),
        markdown("a" + " " * 9_000 + "\n" + "`" * 5_000 + "\n" + "[" * 4_000),
        markdown("*a _b " * 3_000),
        markdown(">" * 9_000 + "\n" + "- " * 5_000),
        code("x = 1\n" + " \n" * 9_000 + "    y"),
        code("%%perl\n" + "s{" * 9_000),
        code("a." * 10_000),
    ],
)
def test_a_page_takes_no_time_that_a_student_chooses(cell: dict[str, Any]) -> None:
    made = rebuild([cell], [], Result())
    start = time.process_time()
    FeedbackExporter().from_notebook_node(made)
    assert time.process_time() - start < 10


def test_all_text_of_a_page_has_a_limit() -> None:
    made = rebuild([markdown("#\n" * 9000)] * 40, [], Result())
    assert sum(len(cell.source) for cell in made.cells) < 250_000


def test_a_cell_that_a_person_grades_comes_back_without_its_hidden_tests() -> None:
    meta = {"grade": True, "grade_id": "by-hand", "locked": False, "points": 1, "solution": True}
    source = "shown\n### BEGIN HIDDEN TESTS\nsecret\n### END HIDDEN TESTS\n"
    (made,) = rebuild([], [from_dict({**code(source), "metadata": {"nbgrader": meta}})], Result())[
        "cells"
    ]
    assert "shown" in made.source
    assert "secret" not in made.source


def png(*, width: int = 2, extra: bytes = b"") -> bytes:
    """A grey picture, with a text beside its pixels."""
    head = struct.pack(">IIBBBBB", width, 1, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"tEXt", b"a\0<script>"), (b"IDAT", zlib.compress(b"\0\0\0"))]
    made = b"\x89PNG\r\n\x1a\n"
    for kind, data in [*chunks, (b"IEND", b"")]:
        made += struct.pack(">I", len(data)) + kind + data
        made += struct.pack(">I", zlib.crc32(kind + data))
    return made + extra


def test_a_plot_is_shown_without_all_that_is_no_pixel() -> None:
    text = base64.b64encode(png(extra=b"\0\0\0\0evilabcd")).decode()
    kept = plain_png(text)
    assert kept
    assert b"script" not in kept
    assert b"evil" not in kept
    assert kept.endswith(b"IEND" + struct.pack(">I", zlib.crc32(b"IEND")))
    (cell,) = rebuild([{**code("x"), "pictures": [text, text]}], [], Result()).cells
    assert [list(output.data) for output in cell.outputs] == 2 * [["image/png"]]


@pytest.mark.parametrize(
    "data", [b"", b"<svg onload='alert(1)'/>" * 9, png(width=1 << 30), png() + bytes(2 << 20)]
)
def test_what_is_no_plain_picture_is_left_out(data: bytes) -> None:
    assert plain_png(base64.b64encode(data).decode()) is None
    assert plain_png("'><script>") is None


def test_a_message_is_told_once() -> None:
    message = "f is not written yet, or its cell failed. cell 1: SyntaxError: what"
    names = ("first", "second", "third")
    marks = [{"grade": True, "grade_id": name, "points": 1, "solution": False} for name in names]
    cells = [from_dict({**code("f()"), "metadata": {"nbgrader": mark}}) for mark in marks]
    result = Result([TestResult(name, 0, 1, message) for name in names])
    texts = [cell.outputs[0].text for cell in rebuild([], cells, result).cells]
    assert texts == [message, "as for first", "as for first"]
