"""MyST directives as plain Markdown: what a notebook shows of each."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

from book._ext import quiz
from book._tools.chapters import BuildError

# What has a form in a notebook, and with which options. Cells (`code-cell`) never come here.
OPTIONS: dict[str, tuple[str, ...]] = {
    "quiz": (),
    "literalinclude": ("pyobject", "language"),
    "note": (),
    "tip": (),
    "warning": (),
}
Translate = Callable[[str], str]


def translate_directive(info: str, content: str, folder: Path, inner: Translate) -> str:
    """Plain Markdown for one directive; `inner` translates the Markdown inside it."""
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
    if name == "literalinclude":
        return _literal_include(folder / argument, options)
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


def _literal_include(path: Path, options: dict[str, str]) -> str:
    text = path.read_text(encoding="utf-8")
    if "pyobject" in options:
        text = _python_object(text, options["pyobject"], path)
    return f"```python\n{text.rstrip()}\n```"


def _python_object(text: str, name: str, path: Path) -> str:
    nodes: list[ast.stmt] = ast.parse(text).body
    for part in name.split("."):
        found = [node for node in nodes if getattr(node, "name", None) == part]
        if not found:
            raise BuildError(f"literalinclude: {path.name} defines no {name}.")
        nodes = getattr(found[0], "body", [])
    decorators = getattr(found[0], "decorator_list", [])
    first = min([found[0].lineno, *(decorator.lineno for decorator in decorators)])
    return "\n".join(text.splitlines()[first - 1 : found[0].end_lineno])
