"""Write the book as EPUB 3: a zip of XHTML pages, their images, a style and three lists of them."""

from __future__ import annotations

import uuid
import zipfile
from datetime import datetime, timezone
from html import escape
from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

from book._tools import joined
from book._tools.chapters import config, site
from book._tools.style import style

TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".css": "text/css"}
CONTAINER = """\
<?xml version="1.0" encoding="utf-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles>
<rootfile full-path="book.opf" media-type="application/oebps-package+xml"/>
</rootfiles>
</container>
"""
XHTML = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en"
  xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" href="keep.css"/></head>
<body>{body}</body>
</html>
"""
PACKAGE = """\
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:creator>{author}</dc:creator>
<dc:language>en</dc:language>
<dc:rights>Text and figures: CC BY 4.0. Code: BSD-3-Clause.</dc:rights>
<meta property="dcterms:modified">{modified}</meta>
</metadata>
<manifest>
{manifest}
</manifest>
<spine>
{spine}
</spine>
</package>
"""


def write(path: Path, names: list[str] | None = None) -> Path:
    """Write the EPUB; `names` are the pages to take, by default all."""
    pages = joined.pages(names)
    images = _place_images(pages)
    _spell_out_styles(pages)
    _lead_links_to_files(pages)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)  # first, as it is
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("book.opf", _package(pages, images))
        archive.writestr("nav.xhtml", _navigation(pages))
        archive.writestr("keep.css", style(paper=False))
        for page in pages:
            text = XHTML.format(title=escape(page.plain_title), body=page.article)
            archive.writestr(f"{page.name}.xhtml", text)
        for image in images:
            archive.write(image, f"images/{image.name}")
    return path


def _place_images(pages: list[joined.Page]) -> list[Path]:
    """Let pages show their images from the folder `images`; the files to put there."""
    found = {}
    for page in pages:
        for image in page.article.find_all("img"):
            file = Path(unquote(urlsplit(str(image["src"])).path))
            image["src"] = f"images/{file.name}"
            found[file.name] = file
    return list(found.values())


def _spell_out_styles(pages: list[joined.Page]) -> None:
    """EPUB knows MathML 3, where `displaystyle` and `scriptlevel` belong to `<mstyle>`."""
    for page in pages:
        for tag in page.article.select(":is(mfrac, mtable):is([displaystyle], [scriptlevel])"):
            moved = {k: tag.attrs.pop(k) for k in ("displaystyle", "scriptlevel") if k in tag.attrs}
            tag.wrap(BeautifulSoup("", "html.parser").new_tag("mstyle", attrs=moved))


def _lead_links_to_files(pages: list[joined.Page]) -> None:
    home = {str(tag["id"]): page.name for page in pages for tag in page.article.find_all(id=True)}
    home |= {page.name: page.name for page in pages}
    for page in pages:
        for link in page.article.select('a[href^="#"]'):
            target = str(link["href"]).removeprefix("#")
            link["href"] = f"{home[target]}.xhtml#{target}"


def _navigation(pages: list[joined.Page]) -> str:
    links = joined.contents(pages, "{name}.xhtml")
    body = f'<nav epub:type="toc" class="contents"><h1>Contents</h1>{links}</nav>'
    return XHTML.format(title="Contents", body=body)


def _package(pages: list[joined.Page], images: list[Path]) -> str:
    items = [
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>',
        '<item id="style" href="keep.css" media-type="text/css"/>',
    ]
    for page in pages:
        special = " ".join(
            name for name, tag in (("mathml", "math"), ("svg", "svg")) if page.article.find(tag)
        )
        items.append(
            f'<item id="p-{page.name}" href="{page.name}.xhtml" '
            f'media-type="application/xhtml+xml"{special and f" properties={special!r}"}/>'
        )
    for image in images:
        kind = TYPES[image.suffix]
        items.append(f'<item id="i-{image.stem}" href="images/{image.name}" media-type="{kind}"/>')
    order = [f"p-{page.name}" for page in pages]
    order.insert(1, "nav")
    return PACKAGE.format(
        identifier=site() or uuid.uuid5(uuid.NAMESPACE_DNS, joined.title()).urn,
        title=f"{escape(joined.title())}, version {version('lmlib')}",
        author=escape(config()["author"]),
        modified=datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        manifest="\n".join(items),
        spine="\n".join(f'<itemref idref="{name}"/>' for name in order),
    )
