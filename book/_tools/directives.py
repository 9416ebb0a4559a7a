"""MyST directives as plain Markdown: what a notebook shows of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from book._ext import explorable, predict, quiz
from book._tools.chapters import BuildError
from book._tools.roles import pages

# What has a form in a notebook, and with which options. Cells (`code-cell`) never come here.
OPTIONS: dict[str, tuple[str, ...]] = {
    "predict": predict.OPTIONS,
    "quiz": (),
    "explorable": ("question", "settings", "data"),
    "play": ("question", "settings"),
    "note": (),
    "tip": (),
    "warning": (),
}
Translate = Callable[[str], str]


def translate_directive(info: str, content: str, page: Path, inner: Translate) -> str:
    """Plain Markdown for one directive on a page; `inner` translates the Markdown inside it."""
    name, _, argument = info.strip("{").partition("}")
    argument = argument.strip()
    if name not in OPTIONS:
        raise BuildError(
            f"the directive {{{name}}} has no form in a notebook. "
            f"Allowed: {', '.join(['code-cell', *OPTIONS])}."
        )
    options, body = _split_options(content)
    if unknown := sorted(set(options) - set(OPTIONS[name])):
        raise BuildError(
            f"{{{name}}} {argument}: the options {unknown} have no form in a notebook. "
            f"Allowed: {', '.join(OPTIONS[name]) or 'none'}."
        )
    if name == "quiz":
        return quiz.as_notebook_markdown(quiz.load(argument))
    if name in ("explorable", "play"):
        url = f"{pages()}book/{page.stem}.html#explore-{argument or name}"
        return explorable.as_notebook_markdown(inner(options["question"]), inner(body), url)
    if name == "predict":
        return predict.as_notebook_markdown(inner(body))
    return _admonition(name, inner("\n".join(filter(None, [argument, body]))))


def _split_options(content: str) -> tuple[dict[str, str], str]:
    """A directive's options (lines `:key: value`) and its body."""
    lines = content.splitlines()
    if lines and lines[0].strip() == "---":
        raise BuildError("a directive's options stand on lines `:key: value`, not between `---`.")
    options = {}
    while lines and (match := re.match(r":([\w-]+):\s*(.*)", lines[0])):
        options[match[1]] = match[2]
        lines.pop(0)
    return options, "\n".join(lines).strip("\n")


def _admonition(name: str, text: str) -> str:
    quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    return f"> **{name.capitalize()}**\n>\n{quoted}"
