"""The built site as one book: what its PDF and its EPUB are made from.

Every page of the table of contents becomes a `Page` whose article asks nothing of a script: forms
are text, code is unfolded, and the reasons of all quizzes stand in a chapter of their own at the
end. Ids are unique in the whole book (`33-dropout-scaling--see-it`), and links between pages are
bare fragments to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from bs4 import BeautifulSoup, SoupStrainer, Tag
from bs4.element import Comment

from book._tools.chapters import BUILD, BuildError, config, site, toc

SITE = BUILD / "html"
LEFT_OUT = ["book/your-progress"]  # a page that is nothing without its script
ANSWERS = "quiz-answers"
DROPPED = (
    "script, .headerlink, summary, input, textarea, .field, .buttons, .said, .start, "
    "h1 + .reading-time, .toctree-wrapper, .play-note"
)
HEADINGS = ["h1", "h2", "h3", "h4", "h5"]
AS_TEXT = {"form": "div", "fieldset": "div", "legend": "div", "label": "div", "details": "div"}
# The HTML parser writes SVG's names in small letters.
CASED = ("viewBox", "refX", "refY", "markerUnits", "markerWidth", "markerHeight")
NAMESPACES = {
    "math": "http://www.w3.org/1998/Math/MathML",
    "svg": "http://www.w3.org/2000/svg",
}


@dataclass
class Page:
    name: str
    title: str  # HTML
    part: str  # the caption of the part that starts here, or nothing
    article: Tag

    @property
    def plain_title(self) -> str:
        return BeautifulSoup(self.title, "html.parser").get_text()


def title() -> str:
    return config()["title"]


def pages(names: list[str] | None = None, folder: Path = SITE) -> list[Page]:
    """The book's pages in order, the title page first; by default, all of the contents."""
    wanted = [(name, part) for name, part in _contents() if names is None or name in names]
    made = [_page(name, part, folder) for name, part in wanted]
    answers = _answers(made)
    names_made = {page.name for page in made}
    ids = names_made | {str(tag["id"]) for page in made for tag in page.article.find_all(id=True)}
    for page in made:
        _link(page, ids, names_made, partial=names is not None)
    return [*made, answers]


def contents(pages: list[Page], address: str = "#{name}", after: str = "") -> str:
    """The table of contents as nested lists; `{name}` in address and `after` is each page's."""
    out = ""
    for page in pages[1:]:
        if page.part:
            out += ("</ol></li>" if out else "") + f"<li><span>{escape(page.part)}</span><ol>"
        link = f'<a href="{address.format(name=page.name)}">{page.title}</a>'
        out += f"<li>{link}{after.format(name=page.name)}</li>"
    return f"<ol>{out}</ol></li></ol>"


def _contents() -> list[tuple[str, str]]:
    """The name of each page, and the caption of the part that it opens."""
    found = [(toc()["root"], "")]
    for part in toc()["parts"]:
        files = [entry["file"] for entry in part["chapters"] if entry["file"] not in LEFT_OUT]
        found += [(name, "" if i else part["caption"]) for i, name in enumerate(files)]
    return [(name.removeprefix("book/"), part) for name, part in found]


def _page(name: str, part: str, folder: Path) -> Page:
    path = folder / "book" / f"{name}.html"
    if not path.is_file():
        raise BuildError(f"there is no {path}: run `make book` first.")
    text = path.read_text(encoding="utf-8")
    soup = BeautifulSoup(text, "html.parser", parse_only=SoupStrainer("article"))
    article = soup.article
    assert article is not None, f"{name} has no article"
    assert article.h1 is not None, f"{name} has no title"
    if name == "index":
        _make_title_page(article)
    _quieten(article)
    for tag in article.find_all(id=True):
        tag["id"] = f"{name}--{tag['id']}"
    for tag in article.select("[marker-end]"):
        tag["marker-end"] = str(tag["marker-end"]).replace("url(#", f"url(#{name}--")
    article.name, article["id"] = "article", name
    for image in article.find_all("img"):
        image["src"] = (path.parent / str(image["src"])).resolve().as_uri()
    return Page(name, article.h1.decode_contents(), part, article)


def _make_title_page(article: Tag) -> None:
    """Keep the title, the opening and its picture; what follows leads through the site."""
    kept = article.select(".opening, svg.hero")
    heading = article.h1
    article.clear()
    article["class"] = "title-page"
    article.extend([heading, *kept])


def _quieten(article: Tag) -> None:
    """Take out what only works on a screen; what a script would show, show."""
    for tag in article.select(DROPPED):
        tag.decompose()
    for tag in article.find_all(string=lambda text: isinstance(text, Comment)):
        tag.extract()
    for tag in article.select(".explorable-label"):
        tag.string = "A question to settle"
    for tag in article.find_all(list(AS_TEXT)):
        tag.name = AS_TEXT[tag.name]
    for tag in article.select("svg, svg *"):
        tag.attrs = {
            next((name for name in CASED if name.lower() == key), key): value
            for key, value in tag.attrs.items()
        }
    for tag in article.find_all(HEADINGS):
        tag["class"] = f"level-{tag.name[1]}"
    for name, address in NAMESPACES.items():
        for tag in article.find_all(name):
            tag["xmlns"] = address


def _answers(pages: list[Page]) -> Page:
    """A last chapter with the reasons of every quiz, each linked with its question."""
    name = "Answers to “Check yourself”"
    soup = BeautifulSoup(f'<article id="{ANSWERS}"><h1>{name}</h1></article>', "html.parser")
    article = soup.article
    assert article is not None
    for page in pages:
        quizzes = page.article.select(".quiz-question")
        if quizzes:
            article.append(_parsed(f'<h2><a href="#{page.name}">{page.title}</a></h2>'))
        for question in quizzes:
            here, there = question["id"], f"{ANSWERS}--{question['id']}"
            reasons = question.select_one(".reasons")
            label = question.select_one(".quiz-label")
            assert reasons is not None, f"{here} has no answers"
            assert label is not None, f"{here} has no label"
            reasons["id"] = there
            reasons.insert(0, _parsed(f'<p><a href="#{here}">{label.string}</a></p>'))
            article.append(reasons.extract())
            link = f'<p class="to-answer"><a class="paged" href="#{there}">Answer</a></p>'
            question.append(_parsed(link))
    return Page(ANSWERS, name, "", article)


def _parsed(html: str) -> Tag:
    tag = BeautifulSoup(html, "html.parser").find(True)
    assert isinstance(tag, Tag)
    return tag.extract()


def _link(page: Page, ids: set[str], names: set[str], partial: bool) -> None:
    """Lead each link inside the book to its anchor there, and the others to the site."""
    home = site()
    for link in page.article.find_all("a", href=True):
        href = str(link["href"])
        if "://" in href or href.startswith((f"#{ANSWERS}", f"#{page.name}--")):
            continue
        path, _, fragment = href.partition("#")
        name = path.removesuffix(".html") or page.name
        target = f"{name}--{fragment}" if fragment else name
        if target in ids:
            link["href"] = f"#{target}"
        elif name == "index":  # of which the book has the title page only
            link["href"] = f"#{name}"
        elif name in names or not (partial or f"book/{name}" in LEFT_OUT):
            raise BuildError(f"{page.name} links to {href}, which is not in the book.")
        elif home:
            link["href"] = f"{home}book/{href}"
        else:
            link.unwrap()
