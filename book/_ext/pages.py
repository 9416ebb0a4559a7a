"""Repairs of the theme's pages: front door, MathJax from this site, launch links, alt texts."""

from __future__ import annotations

import shutil
from pathlib import Path

import mathjax
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

logger = logging.getLogger(__name__)
MATHJAX = Path(mathjax.__file__).parent / "static" / "mathjax" / "es5"
FONTS = Path("output", "chtml", "fonts", "woff-v2")
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


def copy_mathjax(app: Sphinx) -> None:
    """Put MathJax and its fonts beside the pages, so that no page asks another host."""
    target = Path(app.srcdir, "_build", "static", "mathjax")
    if target.is_dir():
        return
    partial = target.with_name("mathjax.partial")
    shutil.rmtree(partial, ignore_errors=True)
    (partial / FONTS).parent.mkdir(parents=True)
    shutil.copy2(MATHJAX / "tex-chtml.js", partial)
    shutil.copytree(MATHJAX / FONTS, partial / FONTS)
    partial.rename(target)


def write_front_door(app: Sphinx, exception: Exception | None) -> None:
    """Lead from the site's root to the first page, in a page that is whole itself."""
    if exception is None and app.builder.name == "html":
        page = FRONT_DOOR.format(
            language=app.config.language, title=app.config.html_title, root=app.config.root_doc
        )
        Path(app.outdir, "index.html").write_text(page, encoding="utf-8")


def link_published_notebooks(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Binder and Colab open the `.ipynb` made from a chapter, not its Markdown source."""
    for group in context.get("header_buttons", []):
        if group.get("label") == "launch-buttons":
            for button in group["buttons"]:
                button["url"] = button["url"].removesuffix(".md") + ".ipynb"


def leave_thebe_out(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Drop the scripts of live cells, which this book doesn't use: they raise an error."""
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context.get(kind, []) if not _is_thebe(file)]


def _is_thebe(file: object) -> bool:
    body = getattr(file, "attributes", {}).get("body", "")
    return "thebe" in f"{getattr(file, 'filename', file)} {body}".lower()


def repair_roles(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Take the roles from bibliography entries: a `list` may hold only `listitem`s."""
    body = context.get("body") or ""
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
    copy_mathjax(app)  # here, since Sphinx checks html_static_path before any event
    app.connect("env-updated", let_links_reach_labels)
    app.connect("html-page-context", link_published_notebooks, priority=900)
    app.connect("html-page-context", leave_thebe_out, priority=901)
    app.connect("html-page-context", repair_roles)
    app.connect("doctree-resolved", require_alt_text)
    app.connect("doctree-resolved", require_table_heads)
    app.connect("build-finished", write_front_door, priority=100)  # before the theme's bare one
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
