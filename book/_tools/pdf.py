"""Print the book as PDF with Chromium: one page of HTML, set by `keep.css`.

Chromium can't count pages in a table of contents, so it prints twice: the first print tells on
which page each target stands, the second one has the numbers.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from pathlib import Path

import matplotlib
import pikepdf
from playwright.sync_api import Browser, sync_playwright

from book._tools import joined
from book._tools.browser import as_root, chromium
from book._tools.chapters import BuildError, config, site
from book._tools.style import style

# Text in STIX and code in DejaVu, from matplotlib's files: the same type on every machine.
FONTS = Path(matplotlib.get_data_path(), "fonts", "ttf")
FACES = {
    "Book": {"": "STIXGeneral", "bold": "STIXGeneralBol", "italic": "STIXGeneralItalic"},
    "Book Code": {"": "DejaVuSansMono", "bold": "DejaVuSansMono-Bold"},
}


def write(path: Path, names: list[str] | None = None) -> Path:
    """Write the PDF; `names` are the pages to take, by default all."""
    program = chromium()
    if program is None:
        raise BuildError("printing needs Chromium on PATH (LM39_CHROMIUM may name another one).")
    text = html(joined.pages(names))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=as_root())
        _print(browser, text, path)
        _print(browser, with_numbers(text, page_numbers(path)), path, outline=True, tagged=True)
        browser.close()
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:  # a third of the size
        pdf.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return path


def _print(browser: Browser, text: str, path: Path, **options: bool) -> None:
    source = path.with_suffix(".html")
    source.write_text(text, encoding="utf-8")
    page = browser.new_page()
    page.goto(source.as_uri())
    page.evaluate("document.fonts.ready")
    page.pdf(path=path, prefer_css_page_size=True, **options)
    page.close()


def page_numbers(path: Path) -> dict[str, int]:
    """The page, counted from 1, of each target of a link."""
    with pikepdf.open(path) as pdf:
        numbers = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
        targets = pdf.Root.Dests.as_dict()
        return {name[1:]: numbers[target[0].objgen] for name, target in targets.items()}


def html(pages: list[joined.Page]) -> str:
    """The whole book as one page."""
    cover, *rest = pages
    body = [f'<article class="title-page" id="{cover.name}">{cover.article.decode_contents()}']
    body.append(f"{_imprint()}</article>")
    body.append('<nav class="contents"><h1>Contents</h1>')
    body.append(joined.contents(pages, after='<a class="paged" href="#{name}"></a>') + "</nav>")
    for page in rest:
        part = f'<h1 class="part">{page.part}</h1>' if page.part else ""
        for heading in page.article.find_all(joined.HEADINGS):  # parts are the first level
            heading.name = f"h{int(heading.name[1]) + 1}"
        body.append(f'<div style="page: {_page_style(page)}">{part}{page.article}</div>')
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{joined.title()}'
        f"</title><style>{_faces()}{_running_heads(rest)}{style(paper=True)}</style></head>\n"
        f"<body>{''.join(body)}</body></html>\n"
    )


def with_numbers(text: str, numbers: dict[str, int]) -> str:
    """Let each link of the class `paged` say on which page its target is."""

    def say(match: re.Match[str]) -> str:
        return f'{match[0]} data-page="{numbers[match[1]]}"'

    return re.sub(r'<a class="paged" href="#([^"]+)"', say, text)


def _imprint() -> str:
    lines = [
        config()["author"],
        f"Version {version('lmlib')}, {config()['copyright']}",
        "Text and figures: CC BY 4.0. Code: BSD-3-Clause.",
    ]
    if site():
        lines.append(f'<a href="{site()}">{site()}</a>')
    return f'<p class="imprint">{"<br>".join(lines)}</p>'


def _page_style(page: joined.Page) -> str:
    return f"of-{page.name}"


def _running_heads(pages: list[joined.Page]) -> str:
    rules = []
    for page in pages:
        title = json.dumps(page.plain_title, ensure_ascii=False)
        rules.append(f"@page {_page_style(page)} {{ @top-right {{ content: {title} }} }}")
    return "\n".join(rules)


def _faces() -> str:
    """The `@font-face` rules."""
    rules = []
    for family, files in FACES.items():
        for kind, file in files.items():
            source = f'src: url("{(FONTS / file).with_suffix(".ttf").as_uri()}")'
            shape = {"": "", "bold": "font-weight: bold;", "italic": "font-style: italic;"}[kind]
            rules.append(f'@font-face {{ font-family: "{family}"; {shape} {source} }}')
    return "\n".join(rules)
