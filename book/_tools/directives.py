"""MyST directives as plain Markdown: what a notebook shows of each."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import yaml

from book._ext import quiz
from book._tools.chapters import BuildError

ADMONITIONS = ("note", "tip", "hint", "important", "warning", "caution", "seealso", "admonition")
Translate = Callable[[str], str]


def translate_directive(info: str, content: str, folder: Path, site: str, inner: Translate) -> str:
    """Plain Markdown for one directive; `inner` translates the Markdown inside it."""
    name, _, argument = info.strip("{").partition("}")
    argument = argument.strip()
    options, body = split_options(content)
    if name in ADMONITIONS:
        return _admonition(name, argument, options, inner(body))
    if name in ("figure", "image"):
        return _figure(argument, options, inner(body), site)
    if name == "literalinclude":
        return _literal_include(folder / argument, options)
    if name == "math":
        return f"$$\n{(argument + body).strip()}\n$$"
    if name == "quiz":
        return quiz.as_notebook_markdown(quiz.load(argument))
    raise BuildError(
        f"the directive {{{name}}} has no form in a notebook. Allowed: {', '.join(ADMONITIONS)}, "
        "code-cell, figure, image, literalinclude, math, quiz."
    )


def split_options(content: str) -> tuple[dict[str, str], str]:
    """A directive's options (`:key: value` lines or a YAML block) and its body."""
    lines = content.splitlines()
    if lines and lines[0].strip() == "---":
        end = lines.index("---", 1)
        options = yaml.safe_load("\n".join(lines[1:end])) or {}
        return {k: str(v) for k, v in options.items()}, "\n".join(lines[end + 1 :])
    options = {}
    while lines and (match := re.match(r":([\w-]+):\s*(.*)", lines[0])):
        options[match[1]] = match[2]
        lines.pop(0)
    return options, "\n".join(lines).strip("\n")


def _admonition(name: str, argument: str, options: dict[str, str], body: str) -> str:
    title = argument if name == "admonition" or (argument and not body) else ""
    text = body if title else "\n".join(filter(None, [argument, body]))
    title = title or {"seealso": "See also"}.get(name, name.capitalize())
    if "dropdown" in options.get("class", ""):
        return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"
    quoted = "\n".join(f"> {line}".rstrip() for line in text.splitlines())
    return f"> **{title}**\n>\n{quoted}"


def _figure(source: str, options: dict[str, str], caption: str, site: str) -> str:
    # Colab shows no file that lies beside a notebook; the published site has every picture.
    image = f"![{options.get('alt', '')}]({site}/_images/{Path(source).name})"
    return f"{image}\n\n*{caption}*" if caption else image


def _literal_include(path: Path, options: dict[str, str]) -> str:
    text = path.read_text(encoding="utf-8")
    unknown = set(options) - {"pyobject", "language", "lines", "caption"}
    if unknown:
        raise BuildError(f"literalinclude {path.name}: options {sorted(unknown)} do not convert.")
    if "pyobject" in options:
        text = _python_object(text, options["pyobject"], path)
    if "lines" in options:
        first, last = (int(n) for n in options["lines"].split("-"))
        text = "\n".join(text.splitlines()[first - 1 : last])
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
