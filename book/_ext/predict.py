"""The `{predict}` directive: what a reader guesses before the short answer unfolds.

    :::{predict} number
    :ask: How many different words?
    :unit: words

    You are about to meet a text of 9,998 lines …
    :::

The kinds are `number`, `choice` (the text ends with a list of options) and `sentence`. The answer
to compare with isn't written here: it is the value of the chapter's cell with the tag `measured`.
For a choice, that value is one of the options. `progress.js` hides the section that follows until
the reader commits or skips; without JavaScript, in print and in notebooks it is only text.
"""

from __future__ import annotations

import ast
import html
import re
from pathlib import Path
from string import ascii_uppercase

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from book._ext.quiz import inline, raw
from book._tools.chapters import BuildError, Chapter
from book._tools.execute import executed

KINDS = ("number", "choice", "sentence")
OPTIONS = ("ask", "unit")
LIST = re.compile(r"\n((?:- .*(?:\n  .*)*\n?)+)\s*\Z")
FIELDS = {
    "number": '<input type="number" step="any" required>',
    "sentence": '<textarea rows="2" maxlength="400" required></textarea>',
}
FOOT = """\
<p class="buttons"><button>Commit</button> <button type="button">Skip</button></p>
<p class="said" role="status"></p>"""


def split_choices(text: str) -> tuple[str, list[str]]:
    """The text before the list that ends it, and the list's items."""
    match = LIST.search(text)
    if match is None:
        return text, []
    items = re.split(r"^- ", match[1], flags=re.MULTILINE)[1:]
    return text[: match.start()], [" ".join(item.split()) for item in items]


def measured(path: Path) -> str | None:
    """The value of the chapter's cell with the tag `measured`, as its last run left it."""
    values = []
    for cell in executed(Chapter(path)).cells:
        if "measured" in cell.metadata.get("tags", []):
            values += [o.data["text/plain"] for o in cell.outputs if "data" in o]
            if not values:
                raise BuildError(f"{path.name}: the cell with the tag `measured` has no value.")
    if len(values) > 1:
        raise BuildError(f"{path.name}: more than one cell has the tag `measured`.")
    return str(ast.literal_eval(values[0])) if values else None


class Predict(SphinxDirective):
    required_arguments = 1
    option_spec = dict.fromkeys(OPTIONS, directives.unchanged_required)
    has_content = True

    def run(self) -> list[nodes.Node]:
        kind = self.arguments[0]
        if kind not in KINDS:
            raise self.error(f"predict: {kind!r} is no kind; allowed are {', '.join(KINDS)}.")
        text, choices = "\n".join(self.content), []
        if kind == "choice":
            text, choices = split_choices(text)
            if len(choices) < 2:
                raise self.error("predict: a choice ends with a list of two or more options.")
        path = Path(self.env.doc2path(self.env.docname))
        try:
            answer = measured(path)
        except (BuildError, ValueError) as error:
            raise self.error(f"predict: {error}") from error
        if choices and answer is not None and answer not in choices:
            raise self.error(f"predict: {answer!r} was measured, which is none of {choices}.")
        return [
            raw(f'<form class="predict" data-chapter="{path.stem}"><div class="ask">'),
            *self.parse_text_to_nodes(text),
            raw("</div>"),
            *(self._choices(choices) if choices else self._field(kind)),
            raw(FOOT),
            *self._measured(answer),
            raw("</form>"),
        ]

    def _field(self, kind: str) -> list[nodes.Node]:
        unit = html.escape(self.options.get("unit", ""))
        end = raw(f"</span> {FIELDS[kind]} {unit}</label>")
        return [raw('<label class="field"><span>'), *self._ask(), end]

    def _ask(self) -> list[nodes.Node]:
        return inline(self, self.options.get("ask", "Your guess"))

    def _choices(self, choices: list[str]) -> list[nodes.Node]:
        out: list[nodes.Node] = [raw("<fieldset><legend>"), *self._ask(), raw("</legend>")]
        for letter, choice in zip(ascii_uppercase, choices, strict=False):
            out += [
                raw(
                    '<label class="option"><input type="radio" name="guess" required '
                    f'value="{letter}"><span class="letter">{letter}</span> '
                ),
                *inline(self, choice),
                raw("</label>"),
            ]
        return [*out, raw("</fieldset>")]

    def _measured(self, answer: str | None) -> list[nodes.Node]:
        if answer is None:
            return []
        unit = self.options.get("unit", "")
        return [
            raw('<p class="measured">Measured: '),
            *inline(self, f"{answer} {unit}".strip()),
            raw("</p>"),
        ]


def as_notebook_markdown(text: str) -> str:
    """The prediction for a Markdown cell: the question, and where to write the guess."""
    return f"{text}\n\n**Your guess:** …"


def setup(app: Sphinx) -> dict[str, object]:
    app.add_directive("predict", Predict)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
