"""The book as PDF and EPUB, judged by what a reader's program will ask of them."""

import multiprocessing
import posixpath
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pikepdf
import pytest

from book._ext import overview, quiz
from book._tools import chapters, epub, joined, pdf
from book._tools.chapters import BuildError

pytestmark = pytest.mark.needs("site")

CHAPTERS = [path for _, paths in overview.parts() for path in paths]
CONTAINER = "{urn:oasis:names:tc:opendocument:xmlns:container}"
OPF = "{http://www.idpf.org/2007/opf}"
XHTML = "{http://www.w3.org/1999/xhtml}"
MATHML = "{http://www.w3.org/1998/Math/MathML}"
SVG = "{http://www.w3.org/2000/svg}"
INTERACTIVE = {"form", "input", "textarea", "button", "details", "summary", "script", "label"}
PRINTED = ["index", "notation", "32-dropout", "33-dropout-scaling", "glossary", "bibliography"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    path = epub.write(tmp_path_factory.mktemp("keep") / "book.epub")
    with zipfile.ZipFile(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(archive: zipfile.ZipFile) -> dict[str, ElementTree.Element]:
    """Every page of the EPUB, parsed: what isn't well-formed fails here."""
    names = [name for name in archive.namelist() if name.endswith(".xhtml")]
    return {name: ElementTree.fromstring(archive.read(name)) for name in names}


def test_an_epub_is_a_container_that_lists_all_that_is_in_it(
    archive: zipfile.ZipFile, pages: dict[str, ElementTree.Element]
) -> None:
    first, *others = archive.infolist()
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert archive.read(first) == b"application/epub+zip"
    container = ElementTree.fromstring(archive.read("META-INF/container.xml"))
    root = container.find(f".//{CONTAINER}rootfile")
    assert root is not None
    package = ElementTree.fromstring(archive.read(root.attrib["full-path"]))
    items = {item.attrib["id"]: item.attrib for item in package.iter(f"{OPF}item")}
    files = [item["href"] for item in items.values()]
    outside = {"META-INF/container.xml", root.attrib["full-path"]}
    assert sorted(files) == sorted({file.filename for file in others} - outside)
    order = [ref.attrib["idref"] for ref in package.iter(f"{OPF}itemref")]
    assert sorted(items[name]["href"] for name in order) == sorted(pages)
    for item in items.values():
        if item["href"] in pages:
            found = {element.tag for element in pages[item["href"]].iter()}
            special = {"mathml": f"{MATHML}math", "svg": f"{SVG}svg"}
            used = {name for name, tag in special.items() if tag in found}
            assert set(item.get("properties", "").split()) - {"nav"} == used


def test_every_link_of_an_epub_leads_somewhere(
    archive: zipfile.ZipFile, pages: dict[str, ElementTree.Element]
) -> None:
    ids = {
        name: Counter(element.attrib["id"] for element in page.iter() if "id" in element.attrib)
        for name, page in pages.items()
    }
    assert not [name for name, found in ids.items() if found and max(found.values()) > 1]
    for name, page in pages.items():
        for link in page.iter(f"{XHTML}a"):
            file, _, fragment = link.attrib["href"].partition("#")
            if "://" not in file:
                assert not fragment or fragment in ids[file], (name, link.attrib["href"])
        for image in page.iter(f"{XHTML}img"):
            assert posixpath.normpath(image.attrib["src"]) in archive.namelist()
            assert len(image.attrib["alt"].split()) > 3


def test_the_whole_course_is_there_and_asks_nothing_of_a_script(
    pages: dict[str, ElementTree.Element],
) -> None:
    names = [path.stem for path in chapters.pages() if path.stem != "your-progress"]
    files = [f"{name}.xhtml" for name in [*names, joined.ANSWERS]]
    assert {*files, "nav.xhtml"} == set(pages)
    listed = [link.attrib["href"] for link in pages["nav.xhtml"].iter(f"{XHTML}a")]
    assert listed == files[1:]  # the first one is the title page
    for name, page in pages.items():
        assert not INTERACTIVE & {e.tag.removeprefix(XHTML) for e in page.iter()}, name
        text = "".join(page.itertext())
        assert "Show the code" not in text
    for element in (e for page in pages.values() for e in page.iter()):
        if {"displaystyle", "scriptlevel"} & set(element.attrib):
            assert element.tag in {f"{MATHML}math", f"{MATHML}mstyle"}
    text = "".join(pages[f"{joined.ANSWERS}.xhtml"].itertext())
    options = [o for path in CHAPTERS for q in quiz.load(path.stem) for o in q.options]
    assert len(re.findall(r"[A-H]: (?:Right|Not this one)\.", text)) == len(options)


@pytest.mark.needs("browser")
def test_a_pdf_has_an_outline_page_numbers_links_and_drawings(tmp_path: Path) -> None:
    # In a process of its own: playwright allows no second browser beside that of other tests.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        path = pool.submit(pdf.write, tmp_path / "book.pdf", PRINTED).result()
    source = path.with_suffix(".html").read_text(encoding="utf-8")
    with pikepdf.open(path) as printed:
        number = {page.objgen: n for n, page in enumerate(printed.pages, 1)}
        with printed.open_outline() as outline:
            parts = outline.root
            starts = {
                item.title: number[item.destination[0].objgen]
                for part in parts
                for item in [part, *part.children]
            }
        titles = {overview.title(path) for path in CHAPTERS if path.stem in PRINTED}
        assert titles <= {item.title for part in parts for item in part.children}
        assert joined.title() in starts
        shown = dict(re.findall(r'<li><a href="#([\w-]+)">.*?data-page="(\d+)"', source))
        for chapter in CHAPTERS:
            if chapter.stem in PRINTED:
                assert int(shown[chapter.stem]) == starts[overview.title(chapter)]
        targets = set(printed.Root.Dests.keys())
        links = [
            note
            for page in printed.pages
            for note in page.get("/Annots", [])
            if note.Subtype == "/Link"
        ]
        inner = [str(link.Dest) for link in links if "/Dest" in link]
        assert len(set(inner)) > 20
        assert set(inner) <= targets
        assert not [page for page in printed.pages if page.get_images()]


def test_a_link_to_what_is_not_in_the_book_is_an_error(tmp_path: Path) -> None:
    text = (joined.SITE / "book" / "glossary.html").read_text(encoding="utf-8")
    pages = tmp_path / "book"
    pages.mkdir()
    (pages / "glossary.html").write_text(
        text.replace("<section", '<a href="#nowhere">x</a><section', 1)
    )
    with pytest.raises(BuildError, match="#nowhere"):
        joined.pages(["glossary"], tmp_path)
