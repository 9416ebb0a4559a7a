"""What a page says about itself: description, time to read, sizes of its images, site map."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import imagesize
from docutils import nodes
from sphinx.application import Sphinx

from book._ext.overview import minutes

CHAPTER = re.compile(r"book/\d\d-")
ENOUGH, DESCRIPTION = 60, 160  # characters; search engines show no more
FIGURE_SCALE = 1.2  # type of 10 points then has 16 pixels, as the text around it
NOT_FOUND = """\
<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>No such page · {title}</title>
<style>body {{ font: 1.1rem/1.6 system-ui, sans-serif; margin: 15vh auto; max-width: 34rem;
padding: 0 1.2rem; }} a {{ color: LinkText; }}</style>
</head>
<body><main>
<h1>No such page</h1>
<p>The address may be mistyped, or the page has moved.</p>
<p><a href="{home}">{title}</a></p>
</main></body>
</html>
"""


def describe(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Give the template a description, and a chapter the time that it takes to read."""
    context["metatags"] = ""  # docutils' second viewport
    if doctree is None:
        return
    text = ""
    for paragraph in doctree.findall(nodes.paragraph):
        if len(text) < ENOUGH and not isinstance(paragraph.parent, nodes.entry):
            text = f"{text} {' '.join(paragraph.astext().split())}".strip()
    text = text.removeprefix("The question. ")
    if len(text) > DESCRIPTION:
        text = text[: DESCRIPTION - 2].rsplit(" ", 1)[0].rstrip(",;:") + " …"
    context["description"] = text
    if CHAPTER.match(pagename):
        source = Path(app.env.doc2path(pagename))
        note = f'<p class="reading-time">About {minutes(source)} minutes to read</p>'
        context["body"] = context["body"].replace("</h1>", f"</h1>\n{note}", 1)


def size_images(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Write each image's width and height, so that nothing moves when it arrives."""
    sources = {name: Path(app.srcdir, path) for path, name in app.builder.images.items()}

    def sized(match: re.Match[str]) -> str:
        source = sources.get(Path(match["file"]).name)
        if source is None or "width=" in match[0]:
            return match[0]
        width, height = imagesize.get(source)
        scale = FIGURE_SCALE if source.suffix == ".svg" else 1
        size = f'width="{round(width * scale)}" height="{round(height * scale)}"'
        return f"<img {size}{match['rest']}>"

    body = context.get("body") or ""
    context["body"] = re.sub(r'<img(?P<rest>[^>]*? src="(?P<file>[^"]+)"[^>]*)>', sized, body)


def write_site_files(app: Sphinx, exception: Exception | None) -> None:
    """Write a page for addresses that don't exist; where the site's address is known, a map too."""
    if exception is not None or app.builder.name != "html":
        return
    home = app.config.html_baseurl
    out = Path(app.outdir)
    page = NOT_FOUND.format(
        language=app.config.language, title=escape(app.config.html_title), home=home or "./"
    )
    (out / "404.html").write_text(page, encoding="utf-8")
    robots = "User-agent: *\nAllow: /\n"
    if home:
        robots += f"Sitemap: {home.rstrip('/')}/sitemap.xml\n"
        urls = "\n".join(
            f"<url><loc>{escape(home.rstrip('/'))}/{app.builder.get_target_uri(name)}</loc></url>"
            for name in sorted(app.env.found_docs)
        )
        (out / "sitemap.xml").write_text(
            '<?xml version="1.0" encoding="utf-8"?>\n'
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}\n</urlset>\n',
            encoding="utf-8",
        )
    (out / "robots.txt").write_text(robots, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, object]:
    app.connect("html-page-context", describe)
    app.connect("html-page-context", size_images)
    app.connect("build-finished", write_site_files)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
