"""Rebuild a submission's notebook from parts that are safe to show.

Nothing of the student's file is copied as it is: sources become text in cells that are made here,
metadata, attachments, outputs and ids are left behind. Outputs are plain text, so that feedback
and the Formgrader render no HTML that a student or their code wrote.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from textwrap import TextWrapper
from typing import Any

from nbformat import NotebookNode, from_dict

from lmgrade.assignment import cell_source, nbgrader_of
from lmgrade.cell import LONG, parse
from lmgrade.magic import OTHER_LANGUAGES
from lmgrade.result import Result

HIDDEN = re.compile(r"^[^\n]*BEGIN HIDDEN TESTS.*?(END HIDDEN TESTS[^\n]*|\Z)", re.S | re.M)
TEX_LINKS = re.compile(
    r"\\(href|require|class|cssId|style|unicode|url|bbox|html|mmltoken)(?![A-Za-z])", re.I
)
# Addresses can be written in more ways than one can list, so there are no links. (A bare address
# of http becomes one all the same.) And a picture from elsewhere tells who reads it, and when.
# A space ends what would be markup; an entity in its place would spoil formulas and code.
MARKUP = re.compile(r"!(?=\[)|\](?=[(:])|<(?![ \n=\d])|<(?=[=\d][^\s<>]*@)|&(?=\\?#|\w+;)")
FENCE = re.compile(r"^(.*?)(`{3,}|~{3,})(.*)$", re.M)  # some languages take minutes to colour
PREFIX = re.compile(r"(?:(?:\d+[.)]|[*+:-])\s|>|\s)*")  # marks of quotations and lists
RUN = re.compile(r"(``|~~)[`~]+")
BLANKS = re.compile(r"[ \t]{80,}")
# In code, too, the time to colour it grows with the square of a gap, and other languages take more.
GAP = re.compile(r"(\s{40})\s+(\s{40})")
LANGUAGE = re.compile(rf"%%(?={'|'.join(sorted(OTHER_LANGUAGES))})", re.I)
# Some lines take nbconvert a time that grows with their square.
MAX_SOURCE, MAX_LINE = 20_000, 2_000
MAX_TEXT = 200_000  # of all Markdown cells together


def rebuild(
    cells: Sequence[Mapping[str, Any]], template: Sequence[NotebookNode], result: Result
) -> NotebookNode:
    """The notebook for `autograded/`: the student's cells, our locked cells, our verdicts."""
    ours = {nbgrader_of(c)["grade_id"]: c for c in template if "grade_id" in nbgrader_of(c)}
    texts = {cell.source for cell in template if cell.cell_type == "markdown"}
    verdicts = {test.grade_id: test for test in result.tests}
    made: list[NotebookNode] = []
    seen: set[str] = set()
    number, room = 0, MAX_TEXT
    for cell in cells:
        number += cell.get("cell_type") == "code"
        grade_id = _id_of(cell)
        original = ours.get(grade_id)
        if original is not None and grade_id not in seen:
            seen.add(grade_id)
            made.append(_known(cell, original))
        elif original is None or nbgrader_of(original).get("solution"):
            made.append(_own(cell, texts))
        else:
            continue
        if made[-1].cell_type == "markdown" and (room := room - len(made[-1].source)) < 0:
            made[-1].source = "[…]"
        made[-1].metadata["lmgrade"] = f"cell {number}"
    for grade_id, original in ours.items():
        if grade_id not in seen and nbgrader_of(original).get("grade"):
            made.append(_known(None, original))
    for index, cell in enumerate(made):
        cell["id"] = f"cell-{index}"
        _add_outputs(cell, cell.metadata.pop("lmgrade", ""), verdicts, result)
    return _notebook(made)


def has_words_elsewhere(
    cells: Sequence[Mapping[str, Any]], template: Sequence[NotebookNode]
) -> bool:
    """Whether text of the student's stands beside the cells for answers, or in copies of them."""
    ours = {"", *(cell.source.strip() for cell in template)}
    code = {_id_of(cell) for cell in template if cell.cell_type == "code"} - {""}
    answers = _answers(template)
    for cell in cells:
        if (grade_id := _id_of(cell)) in answers:
            answers.remove(grade_id)
        elif grade_id not in code and _is_prose(cell) and cell_source(cell).strip() not in ours:
            return True
    return False


def _is_prose(cell: Mapping[str, Any]) -> bool:
    """Whether a cell may be meant for a reader: one that is new in Jupyter is for code."""
    source = cell_source(cell)
    if cell.get("cell_type") != "code" or len(source) > LONG:
        return True
    body = parse(source).body  # empty where it is no Python
    return all(isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant) for n in body)


def missing_answers(
    cells: Sequence[Mapping[str, Any]], template: Sequence[NotebookNode]
) -> list[str]:
    """The cells for answers that a notebook lacks."""
    return sorted(_answers(template).difference(map(_id_of, cells)))


def _answers(template: Sequence[NotebookNode]) -> set[str]:
    return {_id_of(cell) for cell in template if is_answer(cell)}


def is_answer(cell: Mapping[str, Any]) -> bool:
    """Whether it is a cell for text that a person grades."""
    meta = nbgrader_of(cell)
    return cell["cell_type"] == "markdown" and bool(meta.get("grade") and meta.get("solution"))


def _id_of(cell: Mapping[str, Any]) -> str:
    grade_id = nbgrader_of(cell).get("grade_id")
    return grade_id if isinstance(grade_id, str) else ""


def _notebook(cells: list[NotebookNode]) -> NotebookNode:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel}
    return from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


# nbformat's own constructors validate against the schema each time, which takes longer than
# grading some cells; what is put together here is of the right form.
def _code(source: str) -> NotebookNode:
    source = LANGUAGE.sub("%% ", GAP.sub(r"\1\2", _short(source)))
    cell = {"cell_type": "code", "metadata": {}, "source": source}
    return from_dict({**cell, "outputs": [], "execution_count": None})


def _markdown(source: str) -> NotebookNode:
    return from_dict({"cell_type": "markdown", "metadata": {}, "source": source})


def _stream(text: str, name: str) -> NotebookNode:
    clean = text.encode("utf-8", "replace").decode()
    return from_dict({"output_type": "stream", "name": name, "text": clean})


def _known(cell: Mapping[str, Any] | None, original: NotebookNode) -> NotebookNode:
    """A cell of the assignment: locked text is ours, the rest is the student's."""
    meta = NotebookNode(nbgrader_of(original))
    if meta.get("solution"):
        source = HIDDEN.sub("", original.source) if cell is None else cell_source(cell)
    else:
        source = HIDDEN.sub("", original.source).rstrip()
    if original.cell_type == "code":
        made = _code(source)
    else:
        ours = cell is None or source == original.source or not meta.get("solution")
        text = source if ours else harmless(source)
        made = _markdown(text)
    made.metadata["nbgrader"] = meta
    return made


def _own(cell: Mapping[str, Any], texts: set[str]) -> NotebookNode:
    """A cell that the student added, or text of the assignment's that needs no name."""
    source = cell_source(cell)
    if cell.get("cell_type") == "code":
        return _code(source)
    return _markdown(source if source in texts else harmless(source))


def harmless(text: str) -> str:
    """Markdown with the same words, but without HTML, links, pictures, or TeX that links."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Cut first: a line that loses the end of its code begins a block.
    text = _short(text, prose=True)
    text = BLANKS.sub(" " * 80, FENCE.sub(_without_language, text))
    return MARKUP.sub(r"\g<0> ", TEX_LINKS.sub(r"\\text{\1}", text))


def _without_language(found: re.Match[str]) -> str:
    """A line with a fence for code, or with code between many backticks, which stays as it is."""
    before, fence, rest = found.groups()
    if fence[0] == "`" and "`" in rest:
        return found[0]
    word = len(rest.split()) < 2 and PREFIX.fullmatch(before)
    return before + fence + ("" if word else "\n" + RUN.sub(r"\1", rest.strip()))


def _short(source: str, prose: bool = False) -> str:
    more = f"\n# [… {len(source) - MAX_SOURCE} characters more]" if len(source) > MAX_SOURCE else ""
    lines = source[:MAX_SOURCE].split("\n")
    if prose:
        lines = [part for line in lines for part in _wrapped(line)]
    return "\n".join(x[:MAX_LINE] + "[…]" * (len(x) > MAX_LINE) for x in lines) + more


def _wrapped(line: str) -> list[str]:
    """A paragraph, which editors write as one line, in lines that need not be cut."""
    if len(line) <= MAX_LINE:
        return [line]
    wrapper = TextWrapper(
        MAX_LINE,
        expand_tabs=False,
        replace_whitespace=False,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapper.wrap(line)


def _add_outputs(
    cell: NotebookNode, name: str, verdicts: Mapping[str, Any], result: Result
) -> None:
    """What the student's cell printed, or what our test found, as plain text."""
    if cell.cell_type != "code":
        return
    test = verdicts.get(nbgrader_of(cell).get("grade_id", ""))
    if test is not None:
        text = test.message or "passed"
        texts: list[tuple[str | None, str]] = [
            (f"{test.score:g} of {test.max_score:g} points. {text}", "stdout")
        ]
    else:
        output, error = result.outputs.get(name, [None, None])
        texts = [(output, "stdout"), (error, "stderr")]
    for text, stream in texts:
        if text:
            cell.outputs.append(_stream(text, stream))
