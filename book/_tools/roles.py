"""MyST roles and links as plain Markdown: text, `$math$`, and links to the published site."""

from __future__ import annotations

import posixpath
import re
from functools import cache

from pybtex.database import Entry, parse_file
from sphinx.util.inventory import InventoryFile

from book._tools.chapters import BUILD, ROOT, BuildError, config

# A role, or a code span, or a link's target: whichever comes first wins, as in Markdown.
INLINE = re.compile(
    r"\{(?P<role>[a-z][\w:-]*)\}(?P<ticks>`+)(?P<body>.+?)(?P=ticks)"
    r"|(?P<code>(?<!`)(`+)(?!`).+?(?<!`)\5(?!`))"
    r"|\]\((?P<target>(?!https?:|mailto:)[^()\s]*)\)",
    re.DOTALL,
)
TITLED = re.compile(r"(.+?)\s*<(.+)>$", re.DOTALL)
HTML_ROLES = {"kbd": "kbd", "sub": "sub", "sup": "sup"}


def site() -> str:
    """The published site's address, from the one place that names owner and repository."""
    owner, name = config()["repository"]["url"].rstrip("/").split("/")[-2:]
    return f"https://{owner}.github.io/{name}"


def translate_inline(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        if match["target"] is not None:
            return f"]({_url(match['target'])})"
        return _role(match["role"], match["body"])

    return INLINE.sub(plain, text)


def _role(name: str, body: str) -> str:
    titled = TITLED.match(body)
    text, target = titled.groups() if titled else (body, body)
    if name == "term":
        return text
    if name == "math":
        return f"${body}$"
    if name in HTML_ROLES:
        return f"<{HTML_ROLES[name]}>{body}</{HTML_ROLES[name]}>"
    if name in ("cite:t", "cite:p", "cite"):
        return _citation(body.split(","), textual=name == "cite:t")
    if name == "doc":
        return f"[{text}]({_url(target + '.md')})"
    if name in ("ref", "numref"):
        url, title = _object("std:label", target)
        return f"[{text if titled else title}]({url})"
    if name.startswith("py:"):
        url, _ = _object("py:", target.lstrip("~!"))
        short = text.rpartition(".")[2] if text.startswith("~") else text
        return f"[`{short}`]({url})"
    raise BuildError(f"the role {{{name}}} has no form in a notebook: {{{name}}}`{body}`.")


def _url(target: str) -> str:
    page, _, anchor = target.partition("#")
    if not page:
        return _object("std:label", anchor)[0]
    path = posixpath.normpath(posixpath.join("book", page))
    return f"{site()}/{path.removesuffix('.md')}.html" + (f"#{anchor}" if anchor else "")


def _citation(keys: list[str], textual: bool) -> str:
    url = f"{site()}/book/bibliography.html"
    parts = []
    for key in keys:
        authors, year = authors_and_year(key.strip())
        parts.append(f"{authors} ([{year}]({url}))" if textual else f"[{authors}, {year}]({url})")
    return ", ".join(parts) if textual else f"({'; '.join(parts)})"


@cache
def _bibliography() -> dict[str, Entry]:
    return parse_file(str(ROOT / "book" / "references.bib")).entries


def authors_and_year(key: str) -> tuple[str, str]:
    """What a citation says: ("Press and Wolf", "2017"). Letters after a year keep two apart."""
    if key not in _bibliography():
        raise BuildError(f"no entry {key!r} in book/references.bib.")
    entry = _bibliography()[key]
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [
        " ".join(str(part) for part in [*p.rich_prelast_names, *p.rich_last_names]) for p in people
    ]
    if not names:
        names = [entry.fields.get("organization") or entry.fields["title"]]
    joined = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    return joined, entry.fields.get("year", "n.d.")


@cache
def _inventory() -> dict[str, dict[str, tuple]]:
    path = BUILD / "html" / "objects.inv"
    if not path.is_file():
        raise BuildError("cross references are looked up in the built site: build it first.")
    with path.open("rb") as file:
        return InventoryFile.load(file, site(), posixpath.join)


def _object(kind: str, name: str) -> tuple[str, str]:
    """Address and title of a label or a Python object on the site."""
    for domain, objects in _inventory().items():
        if domain.startswith(kind) and name in objects:
            _, _, url, title = objects[name]
            return url, title
    raise BuildError(f"the site has no {kind.rstrip(':')} target {name!r}.")
