"""The `{explorable}` directive: a figure that answers to sliders, and text for where it can't.

    :::{explorable} dropout-sum
    :question: From which p on is the sum 0 in most rows?

    What stands here without JavaScript, in print and in notebooks.
    :::

`book/_static/explore/explore.js` finds the figure and calls `book/_static/explore/NAME.js`, which
draws it. Only pages with an explorable load anything.
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from book._ext.quiz import raw
from lmlib.results import load

SCRIPTS = Path(__file__).resolve().parent.parent / "_static" / "explore"


def names() -> list[str]:
    """The explorables that there are: one script each."""
    return sorted(path.stem for path in SCRIPTS.glob("*.js") if path.stem != "explore")


class Explorable(SphinxDirective):
    """A `<figure>` with the question to settle, and the static content that its script replaces.

    `:settings: rows=4 words=3` become `data-rows` and `data-words`, by which two pages can start
    one explorable differently. `:data: NAME` hands a results file to the script.
    """

    label = "Settle it by moving something"
    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {
        "question": directives.unchanged_required,
        "settings": directives.unchanged,
        "data": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        if name not in names():
            raise self.error(f"no explorable {name!r}; there are {', '.join(names()) or 'none'}.")
        if "question" not in self.options or not self.content:
            raise self.error(f"{name}: give a `:question:`, and content for print and notebooks.")
        data = {"explorable": name}
        for setting in self.options.get("settings", "").split():
            key, _, value = setting.partition("=")
            data[key] = value
        attributes = " ".join(f'data-{key}="{html.escape(value)}"' for key, value in data.items())
        return [
            raw(f'<figure class="explorable" id="explore-{name}" {attributes}><figcaption>'),
            raw(f'<span class="explorable-label">{self.label}</span>'),
            *self.parse_text_to_nodes(self.options["question"]),
            raw('</figcaption><div class="explorable-static">'),
            *self.parse_content_to_nodes(),
            raw(f"</div>{self._data()}</figure>"),
        ]

    def _data(self) -> str:
        if "data" not in self.options:
            return ""
        results = json.dumps(load(self.options["data"]), ensure_ascii=False, separators=(",", ":"))
        safe = results.replace("<", "\\u003c")
        return f'<script type="application/json" class="explorable-data">{safe}</script>'


def as_notebook_markdown(question: str, content: str, url: str) -> str:
    """The question, where it can be settled, and the static content."""
    return f"**Question.** {question} [Settle it on the page]({url}).\n\n{content}"


def load_script(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Add the loader and its styles to pages with an explorable, and to no other."""
    if "data-explorable=" in (context.get("body") or ""):
        app.add_js_file("explore/explore.js", loading_method="defer")
        app.add_css_file("explore/explore.css")


def setup(app: Sphinx) -> dict[str, object]:
    app.add_directive("explorable", Explorable)
    app.connect("html-page-context", load_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
