"""The `{play}` directive: the explorable in which readers let the models predict and write.

    :::{play}
    :question: How far back must a model look?
    :::

What stands there without JavaScript is a recorded example. It is computed while the book is built,
from the same weights (`book/_tools/weights.py`).
"""

from __future__ import annotations

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx

from book._ext.explorable import Explorable
from book._tools import weights
from lmlib import Vocab, generate

PROMPT = "seven thousand"


class Play(Explorable):
    """An explorable whose static content is a table of what the models write."""

    label = "Play with the models"
    required_arguments = 0

    def run(self) -> list[nodes.Node]:
        for name in weights.MODELS:
            self.env.note_dependency(str(weights.path_of(name)))
        if not all(weights.path_of(name).is_file() for name in weights.MODELS):
            return [nodes.paragraph(text="The whole build trains the models to play with.")]
        self.arguments = ["play"]
        self.content = StringList([*_recorded(), "", *self.content], source="play")
        return super().run()


def _recorded() -> list[str]:
    """What each model writes after the same beginning, as a Markdown table."""
    lines = [
        f"Playing needs JavaScript. Recorded: what each model writes after *{PROMPT}* if it always",
        "takes the likeliest word, and how often its next word is right in the validation text.",
        "(It is one run of each model, so it differs a little from medians of several.)",
        "",
        "| model | right | writes |",
        "| --- | ---: | --- |",
    ]
    for name in weights.MODELS:
        model, said = weights.load(name)
        wrote = "nothing: it reads three words at a time"
        if getattr(model, "window", None) is None:
            text = generate(model, Vocab(said["words"]), PROMPT, 12, temperature=0)
            wrote = f"{text[len(PROMPT) :].strip()} …"
        lines.append(f"| `{name}` | {said['accuracy']:.1%} | {wrote} |")
    return lines


def load_style(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    if 'data-explorable="play"' in (context.get("body") or ""):
        app.add_css_file("play/play.css")


def setup(app: Sphinx) -> dict[str, object]:
    weights.FOLDER.mkdir(parents=True, exist_ok=True)  # Sphinx asks for it, in a draft too
    app.add_directive("play", Play)
    app.connect("html-page-context", load_style)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
