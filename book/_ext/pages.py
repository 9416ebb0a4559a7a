"""Repairs of the theme's pages: front door, alt texts, folded contents."""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

logger = logging.getLogger(__name__)
PART = re.compile(
    r'<p [^>]*class="caption"[^>]*><span class="caption-text">(?P<caption>.*?)</span></p>\s*'
    r"(?P<list><ul.*?</ul>)",
    re.DOTALL,
)
THEBE = re.compile(
    r'<script type="text/x-thebe-config">.*?</script>\s*<script>.*?</script>', re.DOTALL
)
FRONT_DOOR = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="_static/favicon.svg">
<meta http-equiv="refresh" content="0; url={root}.html">
</head>
<body><main><h1><a href="{root}.html">{title}</a></h1></main></body>
</html>
"""


def write_front_door(app: Sphinx, exception: Exception | None) -> None:
    """Lead from the site's root to the first page, in a page that is whole itself."""
    if exception is None and app.builder.name == "html":
        page = FRONT_DOOR.format(
            language=app.config.language, title=app.config.html_title, root=app.config.root_doc
        )
        Path(app.outdir, "index.html").write_text(page, encoding="utf-8")


def fold_parts(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Give templates `folded`: the table of contents with each part but the present one closed."""

    def folded(contents: str) -> str:
        def part(match: re.Match[str]) -> str:
            opened = " open" if "current" in match["list"].split(">")[0] else ""
            return (
                f"<details{opened}><summary>{match['caption']}</summary>{match['list']}</details>"
            )

        return PART.sub(part, str(contents))

    context["folded"] = folded


def repair_body(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Take the roles from bibliography entries, and the settings of live cells from all pages.

    A `list` may hold only `listitem`s; `live.js` brings its own settings when it is asked to.
    """
    body = THEBE.sub("", context.get("body") or "")
    body = body.replace('<div role="list" class="citation-list">', '<div class="citation-list">')
    context["body"] = body.replace(' role="doc-biblioentry"', "")


def let_links_reach_labels(app: Sphinx, env: BuildEnvironment) -> None:
    """Make `[text](page.md#label)` find `(label)=`; MyST itself looks for headings only."""
    std = env.domains["std"]
    for label, (docname, target) in std.anonlabels.items():
        slugs = env.metadata[docname].setdefault("myst_slugs", {})
        title = std.labels.get(label, ("", "", label))[2]
        slugs.setdefault(label, (0, target, title))


def require_alt_text(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Warn, and so fail a strict build, about a figure that says nothing to a blind reader."""
    for image in doctree.findall(nodes.image):
        alt = image.get("alt", "")
        if len(alt.split()) < 4:
            logger.warning(
                "figure without a meaningful alt text: got %r for %s. State what it shows, in at "
                "least four words (cells: `mystnb: image: alt:`; figures: `:alt:`).",
                alt,
                image.get("uri"),
                location=image if image.line else docname,
                type="book",
                subtype="alt",
            )


def require_table_heads(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Warn about an empty cell in a table's head: a screen reader would announce nothing."""
    for head in doctree.findall(nodes.thead):
        if any(not entry.astext().strip() for entry in head.findall(nodes.entry)):
            logger.warning(
                "a table has an empty cell in its head: name what the column holds.",
                location=head.parent.parent if head.parent.parent.line else docname,
                type="book",
                subtype="table",
            )


def setup(app: Sphinx) -> dict[str, object]:
    app.connect("env-updated", let_links_reach_labels)
    app.connect("html-page-context", fold_parts, priority=400)  # the theme tries templates at 500
    app.connect("html-page-context", repair_body)
    app.connect("doctree-resolved", require_alt_text)
    app.connect("doctree-resolved", require_table_heads)
    app.connect("build-finished", write_front_door, priority=100)  # before the theme's bare one
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
