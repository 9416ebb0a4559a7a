"""Rebuild a submission's notebook from parts that are safe to show.

Nothing of the student's file is copied as it is: sources become text in cells that are made here,
metadata, attachments, outputs and ids are left behind. Outputs are plain text and plain pictures,
so that feedback and the Formgrader render no HTML that a student or their code wrote.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode, from_dict
from nbgrader.preprocessors import GetGrades
from traitlets import default

from lmgrade.grading.result import Result
from lmgrade.notebook.assignment import cell_source, nbgrader_of
from lmgrade.notebook.execution import OTHER_LANGUAGES

HIDDEN = re.compile(r"^[^\n]*BEGIN HIDDEN TESTS.*?(END HIDDEN TESTS[^\n]*|\Z)", re.S | re.M)
# A sanitizer would have to know every way to write an address, in HTML, Markdown and TeX; in which
# nothing begins a tag, a link or an entity, there is none. A space does that; an entity in its
# place would spoil formulas and code. (A bare address of http becomes a link all the same.)
MARKUP = re.compile(r"!(?=\[)|\](?=[(:])|<(?![ \n=\d])|<(?=[=\d][^\s<>]*@)|&(?=\\?#|\w+;)")
TEX_LINKS = re.compile(
    r"\\(href|require|class|cssId|style|unicode|url|bbox|html|mmltoken)(?![A-Za-z])", re.I
)
# To colour some languages takes minutes, and the time of some lines and gaps grows with the square.
FENCE = re.compile(r"^([\s>]*(?:`{3,}|~{3,}))[^\n`]*$", re.M)
LANGUAGE = re.compile(rf"%%(?={'|'.join(sorted(OTHER_LANGUAGES))})", re.I)
GAP = re.compile(r"(\s{40})\s+(\s{40})")
MAX_SOURCE, MAX_LINE = 20_000, 2_000  # characters of a cell, and of a line
MAX_TEXT = 200_000  # of all Markdown cells together
PNG, PNG_CHUNKS = b"\x89PNG\r\n\x1a\n", (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
MAX_PICTURE, MAX_PICTURES = 1 << 20, 4 << 20  # bytes of one, and of all of a notebook
MAX_PIXELS = 8_000_000


def rebuild(
    cells: Sequence[Mapping[str, Any]], template: Sequence[NotebookNode], result: Result
) -> NotebookNode:
    """The notebook for `autograded/`: the student's cells, our locked cells, our verdicts."""
    ours = {nbgrader_of(c)["grade_id"]: c for c in template if "grade_id" in nbgrader_of(c)}
    texts = {cell.source for cell in template if cell.cell_type == "markdown"}
    made: list[NotebookNode] = []
    seen: set[str] = set()
    told: dict[str, str] = {}  # the test that tells a message, which others then need not repeat
    number, room, picture_room = 0, MAX_TEXT, MAX_PICTURES
    for cell in cells:
        number += cell.get("cell_type") == "code"
        grade_id = nbgrader_of(cell).get("grade_id", "")
        original = ours.get(grade_id)
        if original is not None and grade_id not in seen:
            seen.add(grade_id)
            made.append(_known(cell, original))
        elif original is None or nbgrader_of(original).get("solution"):
            source = cell_source(cell)
            if cell.get("cell_type") == "code":
                made.append(_code(source))
            else:
                made.append(_markdown(source if source in texts else harmless(source)))
        else:
            continue
        if made[-1].cell_type == "markdown" and (room := room - len(made[-1].source)) < 0:
            made[-1].source = "[…]"
        _add_output(made[-1], f"cell {number}", result, told)
        picture_room = _add_pictures(made[-1], cell, picture_room)
    for grade_id, original in ours.items():
        if grade_id not in seen and nbgrader_of(original).get("grade"):
            made.append(_known(None, original))
            _add_output(made[-1], "", result, told)
    for index, cell in enumerate(made):
        cell["id"] = f"cell-{index}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = from_dict({"kernelspec": kernel})
    return NotebookNode(cells=made, metadata=metadata, nbformat=4, nbformat_minor=5)


def has_words_elsewhere(
    cells: Sequence[Mapping[str, Any]], template: Sequence[NotebookNode]
) -> bool:
    """Whether text of the student's stands beside the cells for answers, or in copies of them."""
    ours = {"", *(cell.source.strip() for cell in template)}
    answers = answers_of(template)
    for cell in cells:
        if (grade_id := nbgrader_of(cell).get("grade_id")) in answers:
            answers.remove(grade_id)
        elif cell.get("cell_type") != "code" and cell_source(cell).strip() not in ours:
            return True
    return False


def answers_of(template: Sequence[NotebookNode]) -> set[str]:
    """The cells for text that a person grades."""
    marks = [nbgrader_of(cell) for cell in template if cell.cell_type == "markdown"]
    return {mark["grade_id"] for mark in marks if mark.get("grade") and mark.get("solution")}


# nbformat's own constructors validate against the schema each time, which takes longer than
# grading some cells; what is put together here is of the right form.
def _code(source: str) -> NotebookNode:
    source = LANGUAGE.sub("%% ", GAP.sub(r"\1\2", _short(source)))
    made = NotebookNode(cell_type="code", metadata=NotebookNode(), source=source)
    made.update(outputs=[], execution_count=None)
    return made


def _markdown(source: str) -> NotebookNode:
    return NotebookNode(cell_type="markdown", metadata=NotebookNode(), source=source)


def _known(cell: Mapping[str, Any] | None, original: NotebookNode) -> NotebookNode:
    """A cell of the assignment: locked text is ours, the rest is the student's."""
    meta = NotebookNode(nbgrader_of(original))
    ours = HIDDEN.sub("", original.source)
    source = ours if cell is None or not meta.get("solution") else cell_source(cell)
    if original.cell_type == "code":
        made = _code(source if meta.get("solution") else source.rstrip())
    else:
        made = _markdown(source if source == ours else harmless(source))
    made.metadata["nbgrader"] = meta
    return made


def harmless(text: str) -> str:
    """Markdown with the same words, but without HTML, links, pictures, or TeX that links."""
    text = _short(text.replace("\r\n", "\n").replace("\r", "\n"))
    text = GAP.sub(r"\1\2", FENCE.sub(r"\1", text))
    return MARKUP.sub(r"\g<0> ", TEX_LINKS.sub(r"\\text{\1}", text))


def _short(source: str) -> str:
    more = f"\n# [… {len(source) - MAX_SOURCE} characters more]" if len(source) > MAX_SOURCE else ""
    lines = source[:MAX_SOURCE].split("\n")
    return "\n".join(x[:MAX_LINE] + "[…]" * (len(x) > MAX_LINE) for x in lines) + more


def _add_output(cell: NotebookNode, name: str, result: Result, told: dict[str, str]) -> None:
    """What the student's cell printed, or what our test found, as plain text."""
    if cell.cell_type != "code":
        return
    grade_id = nbgrader_of(cell).get("grade_id")
    if test := next((test for test in result.tests if test.grade_id == grade_id), None):
        first = told.setdefault(test.message, test.grade_id)
        is_told = test.message and first != grade_id and not test.message.endswith(".waits]")
        texts = [f"as for {first}" if is_told else test.message or "passed", None]
        cell.metadata["message"] = test.message
    else:
        texts = result.outputs.get(name, [None, None])
    for text, stream in zip(texts, ("stdout", "stderr"), strict=True):
        if text:
            clean = text.encode("utf-8", "replace").decode()
            output = {"output_type": "stream", "name": stream, "text": clean}
            cell.outputs.append(from_dict(output))


def _add_pictures(cell: NotebookNode, handed_in: Mapping[str, Any], room: int) -> int:
    """The plots under the student's own cells as they were handed in; returns the room left."""
    if cell.cell_type != "code" or "message" in cell.metadata:
        return room
    for text in handed_in.get("pictures", ()):
        picture = plain_png(text)
        if picture is None or len(picture) > room:
            continue
        room -= len(picture)
        data = {"image/png": base64.b64encode(picture).decode()}
        about = {"image/png": {"alt": "picture in the notebook as it was handed in"}}
        cell.outputs.append(
            from_dict({"output_type": "display_data", "data": data, "metadata": about})
        )
    return room


def plain_png(text: str) -> bytes | None:
    """A picture with nothing but its pixels; None where that is no PNG of a sensible size."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return None
    width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
    if not data.startswith(PNG) or data[12:16] != b"IHDR" or len(data) > MAX_PICTURE:
        return None
    if not 0 < width * height <= MAX_PIXELS:
        return None
    kept, at = PNG, len(PNG)
    while at < len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        kept += data[at:end] if data[at + 4 : at + 8] in PNG_CHUNKS else b""
        at = end
    return kept


class Grades(GetGrades):
    """Puts grades into a notebook as nbgrader does, and a table of them on top of the page."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> Any:
        nb, resources = super().preprocess(nb, resources)
        rows: dict[str, dict[str, Any]] = {}
        for cell in nb.cells:
            mark = nbgrader_of(cell)
            if not (mark.get("grade") or mark.get("task")):
                continue
            message = cell.metadata.get("message")  # None: no test, a person grades it
            # What one cause lets fail makes one row.
            row = rows.setdefault(
                message or mark["grade_id"],
                {"ids": [], "score": 0.0, "points": 0.0, "waits": mark["waits"]},
            )
            row["seen"] = "" if message is None else message or "passed"
            row["ids"].append(mark["grade_id"])
            row["score"] += mark["score"] or 0.0
            row["points"] += mark["points"]
        resources["rows"] = list(rows.values())
        resources["waiting"] = sum(row["points"] for row in rows.values() if row["waits"])
        return nb, resources

    def _get_score(self, cell: NotebookNode, resources: Any) -> None:
        super()._get_score(cell, resources)
        mark = cell.metadata.nbgrader
        grade = self.gradebook.find_grade(
            mark["grade_id"], self.notebook_id, self.assignment_id, self.student_id
        )
        mark["waits"] = grade.auto_score is None and grade.manual_score is None


class FeedbackExporter(HTMLExporter):
    """A student's page: a row for each property, then the notebook."""

    @default("raw_template")
    def _page(self) -> str:
        return Path(__file__).with_name("feedback.html.j2").read_text(encoding="utf-8")
