"""The `{quiz}` directive: multiple choice from `book/quizzes/NAME.yml`, without JavaScript.

Each option is a `<details>` element. A reader opens it, by mouse or keyboard, and sees in words
whether it is right and why. The same data become plain HTML in the generated notebooks.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path
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


def load(name: str, folder: Path = QUIZZES) -> list[Question]:
    """Read and check one quiz: `[{question, options: [{text, right, why}]}]`.

    The place of the right option depends on the question's text, not on the file.
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
    return Question(text, _placed(options, crc32(text.encode()) % len(options)))


def _placed(options: tuple[Option, ...], place: int) -> tuple[Option, ...]:
    """The options with the right one at `place`: in the files it tends to stand first."""
    wrong = [option for option in options if not option.right]
    (right,) = (option for option in options if option.right)
    return (*wrong[:place], right, *wrong[place:])


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
        out: list[nodes.Node] = [_raw('<div class="quiz">')]
        for number, question in enumerate(questions, 1):
            out += self._question(question, f"quiz-{number}", number, len(questions))
        return [*out, _raw("</div>")]

    def _question(self, question: Question, anchor: str, number: int, total: int) -> list:
        label = f"Question {number} of {total}" if total > 1 else "Question"
        out = [
            _raw(f'<div class="quiz-question" role="group" aria-labelledby="{anchor}">'),
            _raw(f'<div class="quiz-ask" id="{anchor}"><span class="quiz-label">{label}</span>'),
            *self._markdown(question.text),
            _raw("</div>"),
        ]
        for letter, option in zip(ascii_uppercase, question.options, strict=False):
            kind = "right" if option.right else "wrong"
            out += [
                _raw(f'<details class="quiz-option quiz-{kind}" name="{anchor}"><summary>'),
                _raw(f'<span class="quiz-letter">{letter}</span> '),
                *self._markdown(option.text),
                _raw(f'</summary><div class="quiz-why"><strong>{option.verdict}</strong> '),
                *self._markdown(option.why),
                _raw("</div></details>"),
            ]
        return [*out, _raw("</div>")]

    def _markdown(self, text: str) -> list[nodes.Node]:
        """Parse a string of the quiz as Markdown (math and code included)."""
        parsed = self.parse_text_to_nodes(text)
        if len(parsed) == 1 and isinstance(parsed[0], nodes.paragraph):
            return [nodes.inline("", "", *parsed[0].children)]  # a <summary> may hold no <p>
        return parsed


def _raw(text: str) -> nodes.raw:
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
