"""The search's index: a script that sets one variable, so that it loads from files too.

It holds prose only, by page and section, without code, outputs and formulas. What a glossary entry
links to is the page where a reader wants to land who looks for that word.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

GLOSSARY = "book/glossary"
NOT_SEARCHED = {"book/your-progress"}  # it repeats all questions
NO_PROSE = {"check-yourself", "sources"}  # wrong answers are nothing to find
LEFT_OUT = (nodes.literal_block, nodes.math_block, nodes.raw, nodes.image, addnodes.toctree)
# How much a page counts: first the chapters, then what goes with them.
WEIGHTS = [
    (r"book/\d\d-", 1.0),
    (r"book/answers-", 0.3),
    (r"book/(api|instructor-guide|bibliography)", 0.3),
    (r"", 0.6),
]


def sections(doctree: nodes.document) -> list[tuple[str, str, str]]:
    """Anchor, heading and prose of each section, without the sections inside it."""
    found = []
    for section in doctree.findall(nodes.section):
        if section["ids"][0] in NO_PROSE:
            continue
        title = section.next_node(nodes.title)
        heading = title.astext() if title else ""
        text = " ".join(" ".join(_prose(section)).split())
        found.append((section["ids"][0], heading, text))
    return found


def _prose(node: nodes.Node) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, (nodes.section, nodes.title, *LEFT_OUT)):
            continue
        if "cell" in getattr(child, "get", lambda *_: ())("classes", ()):
            continue
        if isinstance(child, nodes.TextElement):
            yield "".join(text for text in child.findall(nodes.Text) if _is_prose(text))
        else:
            yield from _prose(child)


def _is_prose(text: nodes.Text) -> bool:
    """Neither TeX nor the key of a citation."""
    link = text.parent.parent
    cited = isinstance(link, addnodes.pending_xref) and link["refdomain"] == "cite"
    return "\\" not in text and not cited


def landing_pages(glossary: nodes.document) -> dict[str, list[str]]:
    """For each page the glossary's words whose entry links to it."""
    words = defaultdict(list)
    for item in glossary.findall(nodes.definition_list_item):
        terms = [term.astext() for term in item.findall(nodes.term)]
        for link in item.findall(addnodes.pending_xref):
            if link["refdomain"] == "doc":
                words[f"book/{Path(link['reftarget']).stem}"] += terms
    return words


def parts(app: Sphinx) -> dict[str, str]:
    """The caption under which the table of contents lists each page."""
    root = app.env.get_doctree(app.config.root_doc)
    return {
        name: toctree["caption"] or ""
        for toctree in root.findall(addnodes.toctree)
        for _, name in toctree["entries"]
    }


def write_index(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or app.builder.name != "html":
        return
    captions = parts(app)
    found = app.env.found_docs
    words = landing_pages(app.env.get_doctree(GLOSSARY)) if GLOSSARY in found else {}
    pages = [
        {
            "title": app.env.titles[name].astext(),
            "url": app.builder.get_target_uri(name),
            "part": captions.get(name, ""),
            "weight": next(weight for form, weight in WEIGHTS if re.match(form, name)),
            "words": words.get(name, []),
            "sections": sections(app.env.get_doctree(name)),
        }
        for name in sorted(found - NOT_SEARCHED)
    ]
    text = json.dumps(pages, ensure_ascii=False, separators=(",", ":"))
    Path(app.outdir, "_static", "search-index.js").write_text(
        f"window.bookIndex = {text};\n", encoding="utf-8"
    )


def replace_sphinx_search(app: Sphinx) -> None:
    """No index of Sphinx's: its search can't forgive a typo, and fails where pages are files."""
    app.builder.search = False  # type: ignore[attr-defined]


def search_page(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    yield "search", {"title": "Search"}, "search.html"


def setup(app: Sphinx) -> dict[str, object]:
    app.connect("builder-inited", replace_sphinx_search)
    app.connect("html-collect-pages", search_page)
    app.connect("build-finished", write_index)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
