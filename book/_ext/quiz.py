"""The `{quiz}` directive: multiple choice from `book/quizzes/NAME.yml`.

A reader picks an option and commits; `progress.js` then shows the reasons for the chosen option
and for the right one. Without JavaScript and in print all reasons are in a `<details>` element. The
same data become plain HTML in the generated notebooks.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
from random import Random
from string import ascii_uppercase
from typing import Any
from zlib import crc32

import yaml
from docutils import nodes
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

QUIZZES = Path(__file__).resolve().parent.parent / "quizzes"


class QuizError(ValueError):
    """A quiz file that is missing or has the wrong form."""


@dataclass(frozen=True)
class Option:
    text: str
    right: bool
    why: str

    @property
    def verdict(self) -> str:
        return "Right." if self.right else "Not this one."


@dataclass(frozen=True)
class Question:
    text: str
    options: tuple[Option, ...]

    @property
    def key(self) -> str:
        """Names the question in a reader's progress: when its words change, it is a new one."""
        words = "\n".join([self.text, *(option.text for option in self.options)])
        return f"{crc32(words.encode()):08x}"


def load(name: str, folder: Path = QUIZZES) -> list[Question]:
    """Read and check one quiz: `[{question, options: [{text, right, why}]}]`.

    The options' order is drawn, with the question's text as the seed, and depends on nothing else:
    in the files, the right one tends to stand first.
    """
    path = folder / f"{name}.yml"
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.yml"))) or "none"
        raise QuizError(f"no quiz {name!r}: {path} does not exist. Quizzes that exist: {known}.")
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise QuizError(
            f"{path.name} is not YAML: {error}. Quote strings that hold a colon."
        ) from error
    if not isinstance(data, list) or not data:
        raise QuizError(f"{path.name}: expected a list of questions, got {type(data).__name__}.")
    return [_question(item, f"{path.name}, question {i}") for i, item in enumerate(data, 1)]


def _question(item: object, where: str) -> Question:
    item = _checked(item, {"question": str, "options": list}, where)
    options = tuple(_option(o, f"{where}, option {i}") for i, o in enumerate(item["options"], 1))
    if len(options) < 3:
        raise QuizError(f"{where}: {len(options)} options, at least 3 are needed.")
    right = sum(option.right for option in options)
    if right != 1:
        raise QuizError(f"{where}: {right} options are `right: true`, exactly 1 must be.")
    if len({option.text for option in options}) < len(options):
        raise QuizError(f"{where}: two options have the same text.")
    text = item["question"].strip()
    by_text = sorted(options, key=lambda option: option.text)
    return Question(text, tuple(Random(text).sample(by_text, len(by_text))))


def _option(item: object, where: str) -> Option:
    item = _checked(item, {"text": str, "right": bool, "why": str}, where)
    return Option(item["text"].strip(), item["right"], item["why"].strip())


def _checked(item: object, form: dict[str, type], where: str) -> dict[str, Any]:
    """The item, if it is a mapping with just these keys and types of value."""
    if not isinstance(item, dict) or set(item) != set(form):
        got = sorted(item) if isinstance(item, dict) else type(item).__name__
        raise QuizError(f"{where}: expected exactly the keys {sorted(form)}, got {got}.")
    for key, kind in form.items():
        if not isinstance(item[key], kind):
            got = f"{item[key]!r} ({type(item[key]).__name__})"
            hint = "Quote it?" if kind is str else f"Write it as a YAML {kind.__name__}."
            raise QuizError(f"{where}: `{key}` must be {kind.__name__}, got {got}. {hint}")
        if not isinstance(item[key], bool) and not item[key]:
            raise QuizError(f"{where}: `{key}` is empty.")
    return item


class Quiz(SphinxDirective):
    """Render a quiz; a wrong name or form is an error, and so breaks a strict build."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        name = self.arguments[0]
        try:
            questions = load(name)
        except QuizError as error:
            raise self.error(str(error)) from error
        self.env.note_dependency(str(QUIZZES / f"{name}.yml"))
        out: list[nodes.Node] = [raw(f'<div class="quiz" data-chapter="{name}">')]
        for number, question in enumerate(questions, 1):
            out += self._question(question, f"quiz-{number}", number, len(questions))
        return [*out, raw("</div>")]

    def _question(self, question: Question, anchor: str, number: int, total: int) -> list:
        label = f"Question {number} of {total}" if total > 1 else "Question"
        out = [
            raw(
                f'<form class="quiz-question" id="{anchor}" data-question="{question.key}">'
                f'<fieldset><legend><span class="quiz-label">{label}</span> '
            ),
            *inline(self, question.text),
            raw("</legend>"),
        ]
        for letter, option in zip(ascii_uppercase, question.options, strict=False):
            kind = "right" if option.right else "wrong"
            out += [
                raw(
                    f'<label class="option {kind}">'
                    f'<input type="radio" name="{anchor}" value="{letter}" required>'
                    f'<span class="letter">{letter}</span> '
                ),
                *inline(self, option.text),
                raw("</label>"),
            ]
        out.append(raw(f'</fieldset>{BUTTONS}<details class="reasons"><summary>Answers</summary>'))
        for letter, option in zip(ascii_uppercase, question.options, strict=False):
            kind = "right" if option.right else "wrong"
            out += [
                raw(f'<div class="why {kind}"><strong>{letter}: {option.verdict}</strong> '),
                *inline(self, option.why),
                raw("</div>"),
            ]
        return [*out, raw("</details></form>")]


BUTTONS = """\
<p class="buttons"><button>Check</button> <button type="reset">Try again</button>
<span role="status"></span></p>"""


def inline(directive: SphinxDirective, text: str) -> list[nodes.Node]:
    """Parse a string as Markdown (math and code included), without a paragraph around it."""
    parsed = directive.parse_text_to_nodes(text)
    if len(parsed) == 1 and isinstance(parsed[0], nodes.paragraph):
        return [nodes.inline("", "", *parsed[0].children)]  # a <legend> may hold no <p>
    return parsed


def raw(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")


def as_notebook_markdown(questions: list[Question]) -> str:
    """The quiz for a Markdown cell: plain `<details>`, which JupyterLab, Colab and GitHub fold."""
    blocks = []
    for number, question in enumerate(questions, 1):
        if number > 1:
            blocks.append("<br>")  # `<details>` leave no space below them
        blocks.append(f"**Question {number}.** {question.text}")
        for option in question.options:
            blocks.append(
                f"<details><summary>{_inline_html(option.text)}</summary>\n\n"
                f"**{option.verdict}** {option.why}\n\n</details>"
            )
    return "\n\n".join(blocks)


def _inline_html(text: str) -> str:
    """Markdown of one line as HTML: inside `<summary>` Markdown is not read, but `$…$` is."""
    parser = MarkdownIt("commonmark").use(dollarmath_plugin)
    parser.add_render_rule(
        "math_inline", lambda _, tokens, i, *rest: f"${html.escape(tokens[i].content)}$"
    )
    return parser.renderInline(text)


def setup(app: Sphinx) -> dict[str, object]:
    app.add_directive("quiz", Quiz)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
