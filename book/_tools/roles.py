"""MyST roles and links as plain Markdown: text, and links to the published site."""

from __future__ import annotations

import posixpath
import re
from functools import cache

from pybtex.database import Entry, parse_file

from book._tools.chapters import ROOT, BuildError, site

# A role, or a code span, or a link's target: whichever comes first wins, as in Markdown.
INLINE = re.compile(
    r"\{(?P<role>[a-z][\w:-]*)\}(?P<ticks>`+)(?P<body>.+?)(?P=ticks)"
    r"|(?P<code>(?<!`)(`+)(?!`).+?(?<!`)\5(?!`))"
    r"|\]\((?P<target>(?!https?:|mailto:)[^()\s]*)\)",
    re.DOTALL,
)
TITLED = re.compile(r"(.+?)\s*<.+>$", re.DOTALL)
ROLES = ("term", "cite:t", "cite:p")


def pages() -> str:
    """Where a notebook finds the book's pages: on the published site, else built beside it."""
    return site() or "../../html/"


def translate_inline(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        if match["target"] is not None:
            return f"]({_url(match['target'])})"
        return _role(match["role"], match["body"])

    return INLINE.sub(plain, text)


def _role(name: str, body: str) -> str:
    if name not in ROLES:
        raise BuildError(
            f"the role {{{name}}} has no form in a notebook: {{{name}}}`{body}`. "
            f"Allowed: {', '.join(ROLES)}."
        )
    if name == "term":
        titled = TITLED.match(body)
        return titled[1] if titled else body
    return _citation(body.split(","), textual=name == "cite:t")


def _url(target: str) -> str:
    page, _, anchor = target.partition("#")
    if not page.endswith(".md"):
        raise BuildError(
            f"the link to ({target}) has no form in a notebook. "
            "Allowed: a page, as in (32-dropout.md) or (32-dropout.md#label), and https://…"
        )
    path = posixpath.normpath(posixpath.join("book", page))
    return f"{pages()}{path.removesuffix('.md')}.html" + (f"#{anchor}" if anchor else "")


def _citation(keys: list[str], textual: bool) -> str:
    url = f"{pages()}book/bibliography.html"
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
